import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import type { Call, CallKind, Operation } from './call.ts';
import { operations } from './call.ts';
import { allGather, allReduce, exchange, reduceScatter } from './collectives.ts';
import type { Collectives } from './communicator.ts';
import type { Steps } from './drive.ts';
import { evenCounts } from './even-counts.ts';
import type { Format, Values } from './format.ts';
import { bytesOf, elementBytes, formatOf } from './format.ts';
import type { Group } from './group.ts';
import { receiveMessage, sendMessage } from './messages.ts';

/** A call with checked arguments, not started. */
export interface Plan {
  readonly call: Omit<Call, 'sequence'>;
  /** For messages: the position in the group of the one that is sent to or received from. */
  readonly peer?: { readonly index: number; readonly receives: boolean };
  /** Bytes of the whole, for the theory. */
  readonly bytes: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly steps: (call: Call) => Steps;
}

const empty = new Uint8Array(0);

/** Checks the arguments of calls. */
export function createPlans(group: Group): Collectives<Plan> {
  const { members, others, index: own } = group;
  const ranks = members.length;
  const sumOfOthers = (parts: readonly Uint8Array[]): number =>
    others.reduce((sum, index) => sum + parts[index]!.length, 0);

  return {
    allReduce(values, { format: named, operation = 'sum' } = {}) {
      const format = formatOf(values, named);
      checkReduction(operation, format);
      const parts = split(bytesOf(values), evenCounts(values.length, ranks), format);
      const gathered = others.length * parts[own]!.length;
      const moved = sumOfOthers(parts) + gathered;
      return {
        call: { kind: 'allReduce', format, operation, length: values.length },
        bytes: values.byteLength,
        sentBytes: moved,
        receivedBytes: moved,
        steps: (call) => allReduce(group, { ...call, operation }, bytesOf(values), parts),
      };
    },
    reduceScatter(values, target, { format: named, operation = 'sum', counts } = {}) {
      const format = sameFormat(values, target, named);
      checkReduction(operation, format);
      const each = checkCounts('counts', counts ?? evenCounts(values.length, ranks), ranks, 'values', values);
      checkLength('target', target, each[own]!, `part of rank ${own}`);
      const parts = split(bytesOf(values), each, format);
      return {
        call: { kind: 'reduceScatter', format, operation, length: values.length },
        bytes: values.byteLength,
        sentBytes: sumOfOthers(parts),
        receivedBytes: others.length * target.byteLength,
        steps: (call) =>
          reduceScatter(group, { ...call, operation }, bytesOf(values), parts, bytesOf(target)),
      };
    },
    allGather(part, target, { format: named, counts } = {}) {
      const format = sameFormat(part, target, named);
      const each = checkCounts('counts', counts ?? evenCounts(target.length, ranks), ranks, 'target', target);
      checkLength('part', part, each[own]!, `part of rank ${own}`);
      const parts = split(bytesOf(target), each, format);
      return {
        call: { kind: 'allGather', format, length: target.length },
        bytes: target.byteLength,
        sentBytes: others.length * part.byteLength,
        receivedBytes: sumOfOthers(parts),
        steps: (call) => allGather(group, call, bytesOf(part), parts),
      };
    },
    broadcast(values, root, { format: named } = {}) {
      const format = formatOf(values, named);
      checkRank('root', root, ranks);
      const bytes = bytesOf(values);
      const isRoot = root === own;
      const none = members.map(() => empty);
      return {
        call: { kind: 'broadcast', format, root: members[root], length: values.length },
        bytes: bytes.length,
        sentBytes: isRoot ? others.length * bytes.length : 0,
        receivedBytes: isRoot ? 0 : bytes.length,
        steps: (call) =>
          isRoot
            ? exchange(
                group,
                call,
                none.map((part, index) => (index === own ? part : bytes)),
                none,
              )
            : exchange(
                group,
                call,
                none,
                none.map((part, index) => (index === root ? bytes : part)),
              ),
      };
    },
    allToAll(source, target, { format: named, sendCounts, receiveCounts } = {}) {
      const format = sameFormat(source, target, named);
      if ((sendCounts === undefined) !== (receiveCounts === undefined)) {
        throw new InvalidArgumentError('allToAll needs both sendCounts and receiveCounts, or neither.');
      }
      const send = checkCounts(
        'sendCounts',
        sendCounts ?? evenCounts(source.length, ranks),
        ranks,
        'source',
        source,
      );
      const receive = receiveCounts ?? members.map(() => send[own]!);
      const incoming = split(
        bytesOf(target),
        checkCounts('receiveCounts', receive, ranks, 'target', target),
        format,
      );
      const outgoing = split(bytesOf(source), send, format);
      if (send[own] !== receive[own]) {
        throw new InvalidArgumentError(
          `Rank ${own} sends itself ${send[own]} elements but receives ${receive[own]} from itself.`,
        );
      }
      return {
        call: { kind: 'allToAll', format, length: 0 },
        bytes: sumOfOthers(outgoing),
        sentBytes: sumOfOthers(outgoing),
        receivedBytes: sumOfOthers(incoming),
        steps: (call) => exchange(group, call, outgoing, incoming),
      };
    },
    send(values, to, { format: named } = {}) {
      const format = formatOf(values, named);
      checkPeer('to', to, own, ranks);
      const bytes = bytesOf(values);
      return {
        call: { kind: 'send', format, length: values.length },
        peer: { index: to, receives: false },
        bytes: bytes.length,
        sentBytes: bytes.length,
        receivedBytes: 0,
        steps: (call) => sendMessage(group, call, bytes, to),
      };
    },
    recv(values, from, { format: named } = {}) {
      const format = formatOf(values, named);
      checkPeer('from', from, own, ranks);
      return {
        call: { kind: 'send', format, length: values.length },
        peer: { index: from, receives: true },
        bytes: 0,
        sentBytes: 0,
        receivedBytes: values.byteLength,
        steps: (call) => receiveMessage(group, call, bytesOf(values), from),
      };
    },
    barrier: () => barrierPlan(group, 'barrier'),
  };
}

/** Waits for all, and moves nothing. */
function barrierPlan(group: Group, kind: CallKind): Plan {
  const none = group.members.map(() => empty);
  return {
    call: { kind, format: 'bytes', length: 0 },
    bytes: 0,
    sentBytes: 0,
    receivedBytes: 0,
    steps: (call) => exchange(group, call, none, none),
  };
}

/** Gathers as many bytes of each rank for a split, which no ledger counts. */
export function splitPlan(group: Group, part: Uint8Array, target: Uint8Array): Plan {
  const parts = split(
    target,
    group.members.map(() => part.length),
    'bytes',
  );
  return {
    ...barrierPlan(group, 'split'),
    steps: (call) =>
      exchange(
        group,
        call,
        group.members.map(() => part),
        parts,
      ),
  };
}

/** Contiguous parts of an array, without a copy. */
function split(bytes: Uint8Array, counts: readonly number[], format: Format): Uint8Array[] {
  let at = 0;
  return counts.map((count) => bytes.subarray(at, (at += count * elementBytes[format])));
}

function sameFormat(a: Values, b: Values, named: Format | undefined): Format {
  const format = formatOf(a, named);
  if (formatOf(b, named) === format) return format;
  throw new InvalidArgumentError(
    `Both arrays must have the same format, but they are ${a.constructor.name} and ${b.constructor.name}.`,
  );
}

function checkReduction(operation: Operation, format: Format): void {
  if (!operations.includes(operation)) throw new UnknownNameError('operation', operation, operations);
  if (format === 'bytes') {
    throw new InvalidArgumentError(
      'Bytes can be moved but not reduced: view them as a Float32Array or an Int32Array.',
    );
  }
  if (format === 'int32' && operation === 'mean') {
    throw new InvalidArgumentError("A mean of int32 would be rounded: use 'sum', or a Float32Array.");
  }
}

function checkCounts(
  name: string,
  counts: readonly number[],
  ranks: number,
  of: string,
  values: Values,
): readonly number[] {
  const sum = counts.reduce((total, count) => total + count, 0);
  if (
    counts.length === ranks &&
    sum === values.length &&
    counts.every((count) => Number.isSafeInteger(count) && count >= 0)
  ) {
    return counts;
  }
  throw new InvalidArgumentError(
    `${name} must be ${ranks} whole numbers, one per rank, that add up to the ${values.length} elements of ${of}; ` +
      `got [${counts.join(', ')}], which is ${counts.length} adding up to ${sum}.`,
  );
}

function checkLength(name: string, values: Values, length: number, what: string): void {
  if (values.length === length) return;
  throw new InvalidArgumentError(`${name} has ${values.length} elements, but the ${what} has ${length}.`);
}

function checkRank(name: string, rank: number, ranks: number): void {
  if (Number.isInteger(rank) && rank >= 0 && rank < ranks) return;
  throw new InvalidArgumentError(`${name} must be a rank of the group, 0 to ${ranks - 1}, got ${rank}.`);
}

function checkPeer(name: string, rank: number, own: number, ranks: number): void {
  checkRank(name, rank, ranks);
  if (rank === own)
    throw new InvalidArgumentError(`${name} is rank ${rank} itself: copy the values instead.`);
}
