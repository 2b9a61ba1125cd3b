import { agree, announce } from './agreement.ts';
import type { Call, Operation } from './call.ts';
import type { Steps } from './drive.ts';
import { elementBytes } from './format.ts';
import type { Group } from './group.ts';
import { reachFor, sharedGather, sharedReduce } from './shared-collectives.ts';
import type { Transfer } from './transport.ts';

type Reduction = Call & { readonly operation: Operation };

/** Bytes that are reduced at a time: small enough to stay in a cache, large enough to be worth a message. */
const pieceBytes = 2 ** 18;

/** Gives each rank its outgoing part and takes the incoming ones; both are by position in the group. */
export function* exchange(
  group: Group,
  call: Call,
  outgoing: readonly Uint8Array[],
  incoming: readonly Uint8Array[],
): Steps {
  const size = elementBytes[call.format];
  const count = (part: Uint8Array): number => part.length / size;
  const sends = [...announce(group, call, outgoing.map(count)), ...sendParts(group, outgoing)];
  yield* agree(group, call, incoming.map(count));
  incoming[group.index]!.set(outgoing[group.index]!);
  yield [...sends, ...receiveParts(group, incoming)];
}

/** Reduces the own part of all ranks' values into `target`, which may be the own part. */
function* reduceByMessages(
  group: Group,
  call: Reduction,
  parts: readonly Uint8Array[],
  target: Uint8Array,
): Steps {
  const { transport, channel, members, others, index: own, reducer } = group;
  const size = elementBytes[call.format];
  const ownPart = parts[own]!;
  const sends = announce(
    group,
    call,
    parts.map((part) => part.length / size),
  );
  for (let at = 0; at < Math.max(...parts.map((part) => part.length)); at += pieceBytes) {
    for (const index of others) {
      const piece = parts[index]!.subarray(at, at + pieceBytes);
      if (piece.length > 0) sends.push(transport.send(members[index]!, channel, piece));
    }
  }
  yield* agree(
    group,
    call,
    members.map(() => ownPart.length / size),
  );
  const scratch = members.map(
    (_, index) => new Uint8Array(index === own ? 0 : Math.min(pieceBytes, ownPart.length)),
  );
  for (let at = 0; at < ownPart.length; at += pieceBytes) {
    const ownPiece = ownPart.subarray(at, at + pieceBytes);
    const pieces = scratch.map((buffer, index) =>
      index === own ? ownPiece : buffer.subarray(0, ownPiece.length),
    );
    yield receiveParts(group, pieces);
    reducer.reduce(pieces, target.subarray(at, at + pieceBytes), call.format, call.operation);
  }
  yield sends;
}

/** Reduces values, each part by one rank, and leaves the own part of the result in `target`. */
export function* reduceScatter(
  group: Group,
  call: Reduction,
  values: Uint8Array,
  parts: readonly Uint8Array[],
  target: Uint8Array,
): Steps {
  const reach = reachFor(group, call);
  if (reach === undefined) yield* reduceByMessages(group, call, parts, target);
  else yield* sharedReduce(group, reach, call, values, parts, target);
}

/** Reduces values, each part by one rank, and gathers the parts. */
export function* allReduce(
  group: Group,
  call: Reduction,
  values: Uint8Array,
  parts: readonly Uint8Array[],
): Steps {
  const reach = reachFor(group, call);
  if (reach !== undefined) {
    yield* sharedReduce(group, reach, call, values, parts, undefined);
    return;
  }
  const own = parts[group.index]!;
  yield* reduceByMessages(group, call, parts, own);
  yield [
    ...sendParts(
      group,
      parts.map(() => own),
    ),
    ...receiveParts(group, parts),
  ];
}

/** Gives every rank all parts. */
export function* allGather(group: Group, call: Call, own: Uint8Array, parts: readonly Uint8Array[]): Steps {
  const reach = reachFor(group, call);
  if (reach !== undefined) yield* sharedGather(group, reach, call, own, parts);
  else {
    yield* exchange(
      group,
      call,
      parts.map(() => own),
      parts,
    );
  }
}

function sendParts({ transport, channel, members, others }: Group, parts: readonly Uint8Array[]): Transfer[] {
  return others
    .filter((index) => parts[index]!.length > 0)
    .map((index) => transport.send(members[index]!, channel, parts[index]!));
}

function receiveParts(
  { transport, channel, members, others }: Group,
  parts: readonly Uint8Array[],
): Transfer[] {
  return others
    .filter((index) => parts[index]!.length > 0)
    .map((index) => transport.receive(members[index]!, channel, parts[index]!));
}
