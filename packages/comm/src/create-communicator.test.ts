import fc from 'fast-check';
import { InvalidArgumentError } from '@ds/tensor';
import { describe, expect, it } from 'vitest';
import { RankFailedError } from './communication-error.ts';
import type { Values } from './format.ts';
import { theoreticalBytes } from './ledger.ts';
import { createInProcessRanks } from './testing/in-process.ts';

const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('communicator', () => {
  it('reduces and gathers parts of any sizes as one rank after another would', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(12), { minLength: 1, maxLength: 5 }),
        fc.array(fc.float({ noNaN: true, min: -(2 ** 90), max: 2 ** 90 }), { minLength: 1, maxLength: 40 }),
        async (counts, numbers) => {
          const length = counts.reduce((sum, count) => sum + count, 0);
          const ranks = createInProcessRanks(counts.length);
          const contributions = ranks.map((_, rank) =>
            Float32Array.from({ length }, (__, index) => numbers[(7 * rank + index) % numbers.length]!),
          );
          const expected = contributions.reduce((sum, values) =>
            sum.map((value, index) => value + values[index]!),
          );
          const gathered = await Promise.all(
            ranks.map(async (communicator, rank) => {
              const part = new Float32Array(counts[rank]!);
              await communicator.reduceScatter(contributions[rank]!, part, { counts });
              const target = new Float32Array(length);
              await communicator.allGather(part, target, { counts });
              return target;
            }),
          );
          for (const target of gathered) expect(target).toEqual(expected);
        },
      ),
    );
  });

  it('splits into the groups that the colors say, in the order of the keys', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ color: fc.option(fc.nat(2), { nil: undefined }), key: fc.nat(3) }), {
          minLength: 1,
          maxLength: 6,
        }),
        async (choices) => {
          const ranks = createInProcessRanks(choices.length);
          const groups = await Promise.all(
            ranks.map((rank, index) => rank.split(choices[index]!.color, choices[index]!.key)),
          );
          for (const [index, group] of groups.entries()) {
            const { color } = choices[index]!;
            const members = choices
              .flatMap((choice, rank) => (choice.color === color ? [{ rank, key: choice.key }] : []))
              .toSorted((a, b) => a.key - b.key)
              .map(({ rank }) => rank);
            expect(group?.members).toEqual(color === undefined ? undefined : members);
          }
          // All groups at once, and their ledgers with them.
          await Promise.all(groups.map(async (group) => group?.allReduce(new Float32Array(3))));
        },
      ),
    );
  });

  it('sends what the theory says, over all ranks, also where parts are uneven', async () => {
    const ranks = createInProcessRanks(3);
    const calls: readonly ((rank: (typeof ranks)[number]) => Promise<void>)[] = [
      (rank) => rank.allReduce(new Float32Array(100)),
      (rank) => rank.reduceScatter(new Float32Array(10), new Float32Array([4, 3, 3][rank.rank]!)),
      (rank) => rank.broadcast(new Uint8Array(50), 1),
      (rank) => rank.allToAll(new Int32Array(7), new Int32Array(3 * [3, 2, 2][rank.rank]!)),
      async (rank) => {
        const values: Values = new Int32Array(5);
        if (rank.rank === 0) await rank.send(values, 2);
        if (rank.rank === 2) await rank.recv(values, 0);
      },
    ];
    for (const call of calls) await Promise.all(ranks.map(call));
    const entries = ranks.flatMap(({ ledger }) => ledger.entries());
    for (const kind of ['allReduce', 'reduceScatter', 'broadcast', 'allToAll', 'send'] as const) {
      const sum = (field: 'sentBytes' | 'receivedBytes' | 'theoryBytes'): number =>
        entries.filter((entry) => entry.kind === kind).reduce((total, entry) => total + entry[field], 0);
      expect([kind, sum('sentBytes')]).toEqual([kind, sum('receivedBytes')]);
      expect(sum('sentBytes')).toBeCloseTo(sum('theoryBytes'), 9);
    }
    expect(theoreticalBytes('allReduce', 1000, 4)).toBe(1500);
  });

  it('ends on all ranks when one gives up, naming it and why', async () => {
    const ranks = createInProcessRanks(3);
    const waiting = [failure(ranks[0]!.barrier()), failure(ranks[2]!.barrier())];
    ranks[1]!.abort('the data is gone');
    for (const error of await Promise.all(waiting)) {
      expect(error).toBeInstanceOf(RankFailedError);
      expect(error).toMatchObject({ message: 'Rank 1 gave up: the data is gone', ranks: [1] });
    }
  });

  it('tells which message does not fit', async () => {
    const [first, second] = createInProcessRanks(2);
    await first!.send(new Float32Array(3), 1);
    const error = await failure(second!.recv(new Float32Array(4), 0));
    expect(String(error)).toMatch(
      /Rank 0 called send\(3 float32\) as call 0, but rank 1 receives 4 float32 from it as call 0/,
    );
  });

  it('tells whose counts do not fit', async () => {
    const [first, second] = createInProcessRanks(2);
    const error = await Promise.race([
      failure(first!.allToAll(new Int32Array(4), new Int32Array(4))),
      failure(
        second!.allToAll(new Int32Array(4), new Int32Array(3), { sendCounts: [2, 2], receiveCounts: [1, 2] }),
      ),
    ]);
    expect(String(error)).toMatch(/rank 0 sends 2 elements to rank 1, which expects 1/);
  });

  it('waits as long as a slow rank makes progress', async () => {
    const [first, second] = createInProcessRanks(2, { timeout: 100 });
    const received = new Float32Array(4);
    const receiving = (async () => {
      for (let at = 0; at < 4; at++) await first!.recv(received.subarray(at, at + 1), 1);
    })();
    for (let at = 0; at < 4; at++) {
      await new Promise((resolve) => {
        setTimeout(resolve, 60);
      });
      await second!.send(Float32Array.of(at), 0);
    }
    await receiving;
    expect(received).toEqual(Float32Array.of(0, 1, 2, 3));
  });

  it('refuses a timeout that is none', () => {
    expect(() => createInProcessRanks(1, { timeout: 0 })).toThrow(InvalidArgumentError);
  });
});
