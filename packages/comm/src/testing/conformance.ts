import type { Operation } from '../call.ts';
import type { Communicator } from '../communicator.ts';
import { evenCounts } from '../even-counts.ts';
import type { Format, Values } from '../format.ts';
import { theoreticalBytes } from '../ledger.ts';
import type { CommunicatorCase } from './case.ts';
import { check, checkBits, checksum } from './check-bits.ts';
import { invalidCase, leaveCase, lengthCase, mismatchCase } from './failure-cases.ts';
import { contribution, reduceNumbers } from './numbers.ts';

const reductions: readonly (readonly [Format, readonly Operation[]])[] = [
  ['float32', ['sum', 'mean', 'max', 'min']],
  ['float16', ['sum', 'mean', 'max', 'min']],
  ['bfloat16', ['sum', 'mean', 'max', 'min']],
  ['int32', ['sum', 'max', 'min']],
];
const formats: readonly Format[] = ['float32', 'float16', 'bfloat16', 'int32', 'bytes'];
/** Nothing, fewer elements than ranks, and odd ones. */
const lengths = [0, 1, 2, 5, 1023];
/** More than one piece of a reduction for each of three ranks. */
const manyElements = 250_001;

/**
 * Everything that `Communicator` promises, as cases for any test runner.
 *
 * Cases must run in this order, each by all ranks at once; those with `ends` need a communicator of their own.
 *
 * @param sizes numbers of ranks; default 1, 2 and 3.
 *
 * @example
 * for (const { name, ranks, run } of communicatorConformance()) {
 *   it(name, async () => {
 *     await Promise.all(createInProcessRanks(ranks).map(run));
 *   });
 * }
 */
export function communicatorConformance(sizes: readonly number[] = [1, 2, 3]): readonly CommunicatorCase[] {
  return sizes.flatMap((ranks) => {
    const lasting = (
      name: string,
      body: (communicator: Communicator) => Promise<readonly Values[]>,
    ): CommunicatorCase => ({
      name: `${name}, ${ranks} ranks`,
      ranks,
      ends: false,
      run: async (communicator) => checksum(await body(communicator)),
    });
    const ending = (name: string, body: (communicator: Communicator) => Promise<void>): CommunicatorCase => ({
      name: `${name}, ${ranks} ranks`,
      ranks,
      ends: true,
      async run(communicator) {
        await body(communicator);
        return checksum([]);
      },
    });
    return [
      lasting('ranks are numbered', async ({ rank, size, members }) => {
        check(
          size === ranks && rank >= 0 && rank < ranks,
          `rank ${rank} of ${size}, expected ${ranks} ranks.`,
        );
        check(members.length === ranks && members[rank] === rank, 'members must be the ranks of the world.');
        return [];
      }),
      ...reductions.flatMap(([format, operations]) =>
        operations.map((operation) =>
          lasting(`allReduce and reduceScatter, ${operation} of ${format}`, (communicator) =>
            reduceCase(communicator, format, operation),
          ),
        ),
      ),
      ...formats.map((format) =>
        lasting(`allGather, broadcast, allToAll and messages of ${format}`, (communicator) =>
          moveCase(communicator, format),
        ),
      ),
      lasting('parts may have any sizes', unevenCase),
      lasting('arrays that were allocated', allocatedCase),
      lasting('calls that are not awaited run in order', orderCase),
      lasting('groups', groupCase),
      lasting('nobody passes a barrier early', barrierCase),
      lasting('blocking calls give the same bits', blockingCase),
      lasting('the ledger counts what the theory says', ledgerCase),
      lasting('arguments that make no sense are errors', invalidCase),
      ...(ranks === 1
        ? []
        : [
            ending('different calls are an error that names both', mismatchCase),
            ending('different lengths are an error that names both', lengthCase),
            ending('a rank that leaves is named', leaveCase),
          ]),
    ];
  });
}

const optionsOf = (format: Format): { readonly format: Format } => ({ format });

function everyone(communicator: Communicator, format: Format, length: number): Values[] {
  return Array.from({ length: communicator.size }, (_, rank) => contribution(format, length, rank));
}

/** An array of the same kind, filled with what must not survive. */
function blank(like: Values, length: number): Values {
  const Array = like.constructor as new (length: number) => Values;
  return new Array(length).fill(85);
}

async function reduceCase(
  communicator: Communicator,
  format: Format,
  operation: Operation,
): Promise<Values[]> {
  const results: Values[] = [];
  for (const length of format === 'float32' && operation === 'sum' ? [...lengths, manyElements] : lengths) {
    const all = everyone(communicator, format, length);
    const expected = reduceNumbers(format, operation, all);
    const values = all[communicator.rank]!.slice();
    const counts = evenCounts(length, communicator.size);
    const start = counts.slice(0, communicator.rank).reduce((sum, count) => sum + count, 0);
    const part = blank(values, counts[communicator.rank]!);
    await communicator.reduceScatter(values, part, { format, operation });
    checkBits(`reduceScatter of ${length}`, part, expected.slice(start, start + part.length));
    checkBits('what was reduced', values, all[communicator.rank]!);
    await communicator.allReduce(values, { format, operation });
    checkBits(`allReduce of ${length}`, values, expected);
    results.push(part, values);
  }
  return results;
}

async function moveCase(communicator: Communicator, format: Format): Promise<Values[]> {
  const { rank, size } = communicator;
  const results: Values[] = [];
  for (const length of format === 'bytes' ? [...lengths, manyElements] : lengths) {
    const all = everyone(communicator, format, length);
    const own = all[rank]!;
    const gathered = blank(own, size * length);
    await communicator.allGather(own, gathered, optionsOf(format));
    const expected = blank(own, size * length);
    all.forEach((values, index) => expected.set(values, index * length));
    checkBits(`allGather of ${length}`, gathered, expected);

    for (const root of new Set([0, size - 1])) {
      const values = rank === root ? own.slice() : blank(own, length);
      await communicator.broadcast(values, root, optionsOf(format));
      checkBits(`broadcast of ${length} from ${root}`, values, all[root]!);
    }

    const counts = evenCounts(length, size);
    const start = counts.slice(0, rank).reduce((sum, count) => sum + count, 0);
    const exchanged = blank(own, size * counts[rank]!);
    await communicator.allToAll(own, exchanged, optionsOf(format));
    const columns = blank(own, exchanged.length);
    all.forEach((values, index) =>
      columns.set(values.slice(start, start + counts[rank]!), index * counts[rank]!),
    );
    checkBits(`allToAll of ${length}`, exchanged, columns);

    if (size > 1) {
      // Everyone sends before anyone receives: messages wait for their receiver.
      const received = blank(own, length);
      const [next, previous] = [(rank + 1) % size, (rank + size - 1) % size];
      const sending = communicator.send(own, next, optionsOf(format));
      await communicator.recv(received, previous, optionsOf(format));
      await sending;
      checkBits(`message of ${length}`, received, all[previous]!);
    }
    results.push(gathered, exchanged);
  }
  return results;
}

async function unevenCase(communicator: Communicator): Promise<Values[]> {
  const { rank, size } = communicator;
  // The last rank has nothing, the one before it most.
  const counts = Array.from({ length: size }, (_, index) => (index === size - 1 ? 0 : 7 * index + 3));
  const length = counts.reduce((sum, count) => sum + count, 0);
  const start = counts.slice(0, rank).reduce((sum, count) => sum + count, 0);
  const all = everyone(communicator, 'float32', length);
  const expected = reduceNumbers('float32', 'sum', all);
  const part = new Float32Array(counts[rank]!);
  await communicator.reduceScatter(all[rank]!, part, { counts });
  checkBits('reduceScatter', part, expected.slice(start, start + part.length));
  const gathered = new Float32Array(length);
  await communicator.allGather(part, gathered, { counts });
  checkBits('allGather', gathered, expected);
  gathered.fill(0).set(part, start);
  await communicator.allGather(gathered.subarray(start, start + part.length), gathered, { counts });
  checkBits('allGather in place', gathered, expected);

  const sendCounts = Array.from({ length: size }, (_, to) => (rank + to) % 3);
  const receiveCounts = Array.from({ length: size }, (_, from) => (rank + from) % 3);
  const sent = Int32Array.from(
    sendCounts.flatMap((count, to) => Array.from({ length: count }, () => 10 * rank + to)),
  );
  const received = new Int32Array(receiveCounts.reduce((sum, count) => sum + count, 0));
  await communicator.allToAll(sent, received, { sendCounts, receiveCounts });
  const wanted = receiveCounts.flatMap((count, from) =>
    Array.from({ length: count }, () => 10 * from + rank),
  );
  checkBits('allToAll', received, Int32Array.from(wanted));
  return [part, gathered, received];
}

async function allocatedCase(communicator: Communicator): Promise<Values[]> {
  const { rank, size } = communicator;
  const results: Values[] = [];
  for (const length of [0, 5, 5000, 150_001]) {
    const all = everyone(communicator, 'float32', length);
    const expected = reduceNumbers('float32', 'mean', all);
    const counts = evenCounts(length, size);
    const start = counts.slice(0, rank).reduce((sum, count) => sum + count, 0);
    // All ranks' arrays are allocated, or those of odd ranks only: others then have ordinary ones.
    for (const allocates of [true, rank % 2 === 1]) {
      const values = allocates ? communicator.allocate(length) : new Float32Array(length).fill(0);
      check(values.length === length && values.every((value) => value === 0), 'allocate must give zeros.');
      values.set(all[rank]!);
      const part = new Float32Array(counts[rank]!);
      await communicator.reduceScatter(values, part, { operation: 'mean' });
      checkBits(`reduceScatter of ${length}`, part, expected.slice(start, start + part.length));
      checkBits('what was reduced', values, all[rank]!);
      await communicator.allReduce(values, { operation: 'mean' });
      checkBits(`allReduce of ${length}`, values, expected);
      results.push(values.slice());
      values.fill(-1).set(all[rank]!.subarray(start, start + part.length), start);
      await communicator.allGather(values.subarray(start, start + part.length), values);
      const gathered = Float32Array.from(expected);
      let at = 0;
      for (const [from, count] of counts.entries()) {
        gathered.set(all[from]!.subarray(at, at + count), at);
        at += count;
      }
      checkBits(`allGather of ${length}`, values, gathered);
      if (allocates) communicator.free(values);
    }
  }
  const bits = communicator.allocate(3, 'bfloat16');
  check(bits instanceof Uint16Array && bits.length === 3, 'allocate must give arrays of the format.');
  communicator.free(bits);
  return results;
}

async function orderCase(communicator: Communicator): Promise<Values[]> {
  const { rank, size } = communicator;
  const values = Float32Array.of(rank + 1);
  const other = new Int32Array(size);
  await Promise.all([
    communicator.allReduce(values),
    communicator.allReduce(values, { operation: 'mean' }),
    communicator.barrier(),
    communicator.allGather(Int32Array.of(rank), other),
    communicator.broadcast(values, 0),
  ]);
  checkBits('sum, then mean', values, Float32Array.of((size * (size + 1)) / 2));
  checkBits('allGather', other, Int32Array.from(other.keys()));
  return [values, other];
}

async function groupCase(communicator: Communicator): Promise<Values[]> {
  const { rank, size } = communicator;
  const world = new Int32Array(size);
  const half = await communicator.split(rank % 2, -rank);
  check(half !== undefined, 'a rank with a color must get a group.');
  const ranks = Array.from(world.keys())
    .filter((index) => index % 2 === rank % 2)
    .toReversed();
  check(
    half.size === ranks.length && half.members.join() === ranks.join(),
    `the group is ${half.members.join()}.`,
  );
  check(half.members[half.rank] === rank, `rank ${rank} has place ${half.rank} in ${half.members.join()}.`);
  const gathered = new Int32Array(half.size);
  await half.allGather(Int32Array.of(rank), gathered);
  checkBits('allGather of the group', gathered, Int32Array.from(ranks));

  // Groups and the world must not get in each other's way.
  const inGroup = contribution('float32', 1001, rank) as Float32Array;
  const inWorld = inGroup.slice();
  await Promise.all([communicator.allReduce(inWorld), half.allReduce(inGroup)]);
  checkBits(
    'sum of the world',
    inWorld,
    reduceNumbers('float32', 'sum', everyone(communicator, 'float32', 1001)),
  );
  const contributions = ranks.map((index) => contribution('float32', 1001, index));
  checkBits('sum of the group', inGroup, reduceNumbers('float32', 'sum', contributions));

  const first = await communicator.split(rank === 0 ? undefined : 5);
  check((first === undefined) === (rank === 0), 'only ranks with a color get a group.');
  const again = await first?.split(0);
  const sum = Float32Array.of(rank);
  await again?.allReduce(sum, { operation: 'max' });
  checkBits('group of a group', sum, Float32Array.of(rank === 0 ? 0 : size - 1));
  return [gathered, inGroup, inWorld];
}

async function barrierCase(communicator: Communicator): Promise<Values[]> {
  const { rank, size } = communicator;
  if (size === 1) {
    await communicator.barrier();
    return [];
  }
  // The last rank comes late, and says so before it comes: its message must be there when the barrier opens.
  const late = size - 1;
  const received = new Uint8Array(1);
  if (rank === late) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    for (let to = 0; to < late; to++) await communicator.send(Uint8Array.of(7), to);
  }
  const receiving = rank === late ? Promise.resolve() : communicator.recv(received, late);
  const begin = performance.now();
  await communicator.barrier();
  check(rank === late || performance.now() - begin > 5, 'the barrier opened before the last rank came.');
  await receiving;
  return [];
}

async function blockingCase(communicator: Communicator): Promise<Values[]> {
  const { rank, size, blocking } = communicator;
  const results: Values[] = [];
  for (const length of [0, 5, 40_001]) {
    const all = everyone(communicator, 'float32', length);
    const values = all[rank]!.slice() as Float32Array;
    const gathered = new Float32Array(size * length);
    if (blocking === undefined) {
      await communicator.allReduce(values);
      await communicator.allGather(values, gathered);
    } else {
      blocking.allReduce(values);
      blocking.allGather(values, gathered);
      blocking.barrier();
      if (size > 1 && rank === 0) blocking.send(values, 1);
      if (rank === 1) blocking.recv(gathered.subarray(0, length), 0);
    }
    const expected = reduceNumbers('float32', 'sum', all);
    checkBits(`allReduce of ${length}`, values, expected);
    for (let index = 0; index < size; index++) {
      checkBits('allGather', gathered.subarray(index * length, (index + 1) * length), expected);
    }
    results.push(values);
  }
  return results;
}

async function ledgerCase(communicator: Communicator): Promise<Values[]> {
  const { ledger, rank, size } = communicator;
  ledger.reset();
  const length = 12 * size;
  const values = new Float32Array(length);
  const part = new Float32Array(12);
  await communicator.allReduce(values);
  await communicator.allReduce(values, { operation: 'max' });
  await communicator.reduceScatter(values, part);
  await communicator.allGather(part, values);
  await communicator.broadcast(values, 0);
  await communicator.barrier();
  const found = Object.fromEntries(ledger.entries().map((entry) => [entry.kind, entry]));
  for (const [kind, calls] of [
    ['allReduce', 2],
    ['reduceScatter', 1],
    ['allGather', 1],
  ] as const) {
    const bytes = calls * theoreticalBytes(kind, 4 * length, size);
    const { calls: counted, sentBytes, receivedBytes, theoryBytes } = found[kind]!;
    check(counted === calls, `${kind} was counted ${counted} times, expected ${calls}.`);
    check(
      sentBytes === bytes && receivedBytes === bytes && theoryBytes === bytes,
      `${kind} sent ${sentBytes} and received ${receivedBytes} bytes, expected ${bytes} (theory says ${theoryBytes}).`,
    );
  }
  const { sentBytes } = found['broadcast']!;
  check(sentBytes === (rank === 0 ? (size - 1) * 4 * length : 0), `broadcast sent ${sentBytes} bytes.`);
  check(found['barrier']!.sentBytes === 0, 'a barrier moves no elements.');
  ledger.reset();
  check(ledger.entries().length === 0, 'reset must forget everything.');
  return [];
}
