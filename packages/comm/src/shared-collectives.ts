import { agree, announce } from './agreement.ts';
import type { Call, Operation, Place } from './call.ts';
import type { Steps } from './drive.ts';
import { elementBytes } from './format.ts';
import type { Group } from './group.ts';
import type { SharedReach } from './shared-reach.ts';

/** Below this many bytes messages are faster. */
const leastBytes = 4096;

/** The shared memory to use for a call; all ranks that agree on the call come to the same answer. */
export function reachFor(
  { transport, others }: Group,
  { format, length, operation }: Call,
): SharedReach | undefined {
  if (others.length === 0 || length * elementBytes[format] < leastBytes) return undefined;
  return operation === undefined || format === 'float32' ? transport.shared : undefined;
}

/**
 * Reduces values in shared memory, or shown to the others slot by slot: every rank its own part, in rank order.
 *
 * A slot is filled again two turns later. By then all others have announced the turn between, and with it that they
 * are done with the slot; values that are in shared memory themselves may change only when all have read them.
 *
 * @param target where this rank's part of the result goes; `undefined`: all parts go to `values`, on all ranks.
 */
export function* sharedReduce(
  group: Group,
  reach: SharedReach,
  call: Call & { readonly operation: Operation },
  values: Uint8Array,
  parts: readonly Uint8Array[],
  target: Uint8Array | undefined,
): Steps {
  const { channel, members, others, index: own } = group;
  const window = reach.window(channel);
  const address = reach.addressOf(values);
  const pieceBytes = Math.floor(reach.slotBytes / members.length / 16) * 16;
  const starts = parts.map((part) => part.byteOffset - values.byteOffset);
  const longest = Math.max(...parts.map((part) => part.length));

  const show = (at: number): void => {
    window.uses++;
    if (address !== 0) return;
    for (const [index, part] of parts.entries()) {
      const piece = part.subarray(at, at + pieceBytes);
      reach.view(reach.slot(window.address, window.uses) + index * pieceBytes, piece.length).set(piece);
    }
  };
  show(0);
  const place = { window: window.address, values: address };
  const sends = announce(
    group,
    call,
    parts.map((part) => part.length / 4),
    place,
  );
  const places = new Map<number, Place>(
    yield* agree(
      group,
      call,
      members.map(() => parts[own]!.length / 4),
    ),
  );
  places.set(own, place);
  // Growth of the memory by others must have been seen before its new parts are used.
  for (const { values: base } of places.values()) if (base !== 0) reach.view(base, values.length);
  const peers = others.map((index) => ({ rank: members[index]!, window: places.get(index)!.window }));
  const direct = members.map((_, index) => places.get(index)!.values !== 0);
  /** Where a rank has its elements of a part, from byte `at` of the part on. */
  const whereIs = (rank: number, part: number, at: number, turn: number): number => {
    const { window: theirs, values: base } = places.get(rank)!;
    return base === 0 ? reach.slot(theirs, turn) + part * pieceBytes : base + starts[part]! + at;
  };
  const step = direct.every(Boolean) ? longest : pieceBytes;
  // All windows of a group are used in the same calls, so their turns are the same.
  for (let at = 0; at < longest; at += step) {
    if (at > 0) {
      show(at);
      yield reach.arrive(window, peers);
    }
    const turn = window.uses;
    const count = (part: number): number => Math.max(0, Math.min(step, parts[part]!.length - at));
    const bytes = count(own);
    const ownSlot = reach.slot(window.address, turn) + own * pieceBytes;
    const wanted = target === undefined ? parts[own]! : target;
    const wantedPiece = wanted.subarray(at, at + bytes);
    const inPlace = reach.addressOf(wantedPiece);
    const sources = members.map((_, rank) => whereIs(rank, own, at, turn));
    if (bytes > 0 && inPlace !== 0) reach.reduce(window.address, call.operation, sources, inPlace, bytes);
    else {
      for (let from = 0; from < bytes; from += pieceBytes) {
        const length = Math.min(pieceBytes, bytes - from);
        reach.reduce(
          window.address,
          call.operation,
          sources.map((source) => source + from),
          ownSlot,
          length,
        );
        wantedPiece.set(reach.view(ownSlot, length), from);
      }
    }
    if (target === undefined) {
      yield reach.arrive(window, peers);
      for (const part of others) {
        const piece = parts[part]!.subarray(at, at + count(part));
        piece.set(reach.view(whereIs(part, part, at, turn), piece.length));
      }
    }
  }
  if (direct.some(Boolean)) yield reach.arrive(window, peers);
  yield sends;
}

/** Gathers parts that are in shared memory, or shown to the others slot by slot. */
export function* sharedGather(
  group: Group,
  reach: SharedReach,
  call: Call,
  own: Uint8Array,
  parts: readonly Uint8Array[],
): Steps {
  const { channel, members, others, index: ownIndex } = group;
  const window = reach.window(channel);
  const address = reach.addressOf(own);
  const size = elementBytes[call.format];
  const show = (at: number): void => {
    window.uses++;
    if (address !== 0) return;
    const piece = own.subarray(at, at + reach.slotBytes);
    reach.view(reach.slot(window.address, window.uses), piece.length).set(piece);
  };
  show(0);
  const place = { window: window.address, values: address };
  const sends = announce(
    group,
    call,
    members.map(() => own.length / size),
    place,
  );
  const places = yield* agree(
    group,
    call,
    parts.map((part) => part.length / size),
  );
  const peers = others.map((index) => ({ rank: members[index]!, window: places.get(index)!.window }));
  const isDirect = [place, ...places.values()].map(({ values }) => values !== 0);
  const longest = Math.max(...parts.map((part) => part.length));
  const step = isDirect.every(Boolean) ? longest : reach.slotBytes;
  parts[ownIndex]!.set(own);
  for (let at = 0; at < longest; at += step) {
    if (at > 0) {
      show(at);
      yield reach.arrive(window, peers);
    }
    for (const index of others) {
      const { window: theirs, values } = places.get(index)!;
      const piece = parts[index]!.subarray(at, at + step);
      piece.set(reach.view(values === 0 ? reach.slot(theirs, window.uses) : values + at, piece.length));
    }
  }
  if (isDirect.some(Boolean)) yield reach.arrive(window, peers);
  yield sends;
}
