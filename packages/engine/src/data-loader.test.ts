import { InvalidArgumentError } from '@ds/tensor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataLoader } from './data-loader.ts';
import { createDataLoader } from './data-loader.ts';
import { repeat } from './repeat.ts';

const numbers = (length: number): number[] => Array.from({ length }, (_, index) => index);

async function epoch<Batch>(loader: DataLoader<Batch>): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loader) batches.push(batch);
  return batches;
}

describe('createDataLoader', () => {
  it('cuts arrays, examples by number and streams into the same batches', async () => {
    const expected = [[0, 1], [2, 3], [4]];
    const stream = {
      async *[Symbol.asyncIterator]() {
        yield* numbers(5);
      },
    };
    const byNumber = { length: 5, get: async (index: number) => index };
    for (const data of [numbers(5), Uint8Array.from(numbers(5)), byNumber, stream]) {
      const loader = createDataLoader(data, { batchSize: 2 });
      expect(await epoch(loader)).toEqual(expected);
      expect(await epoch(loader)).toEqual(expected);
      expect(loader.epoch).toBe(2);
      expect(await epoch(createDataLoader(data, { batchSize: 2, dropLast: true }))).toEqual(
        expected.slice(0, 2),
      );
    }
    expect(createDataLoader(numbers(5), { batchSize: 2 }).length).toBe(3);
    expect(createDataLoader(numbers(5), { batchSize: 2, dropLast: true }).length).toBe(2);
    expect(createDataLoader(stream, { batchSize: 2 }).length).toBeUndefined();
  });

  it('draws a new order for every epoch, the same ones for a seed', async () => {
    const options = { batchSize: 4, shuffle: true, seed: 5 };
    const loader = createDataLoader(numbers(20), options);
    const [first, second] = [(await epoch(loader)).flat(), (await epoch(loader)).flat()];
    expect(first).not.toEqual(second);
    expect(new Set(first)).toEqual(new Set(numbers(20)));
    expect(first).toHaveLength(20);
    const again = createDataLoader(numbers(20), options);
    expect((await epoch(again)).flat()).toEqual(first);
    expect((await epoch(again)).flat()).toEqual(second);
    expect((await epoch(createDataLoader(numbers(20), { ...options, seed: 6 }))).flat()).not.toEqual(first);
  });

  it('goes on exactly where a saved loader stood, whatever came before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 20 }),
        fc.boolean(),
        async (length, batchSize, taken, dropLast) => {
          const options = { batchSize, shuffle: true, seed: 11, dropLast };
          if (dropLast && length < batchSize) return;
          const straight = createDataLoader(numbers(length), options);
          const batches = repeat(straight);
          for (let count = 0; count < taken; count++) await batches.next();
          const state: unknown = JSON.parse(JSON.stringify(straight.stateDict()));
          const resumed = createDataLoader(numbers(length), { ...options, seed: 99 });
          resumed.loadStateDict(state as ReturnType<typeof resumed.stateDict>);
          expect(resumed.stateDict()).toEqual(state);
          const rest = repeat(resumed);
          // An epoch that was saved at its very end is first ended, with no batch.
          for (let count = 0; count < 10; count++) {
            expect((await rest.next()).value).toEqual((await batches.next()).value);
            expect(resumed.stateDict()).toEqual(straight.stateDict());
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes on in a stream by reading over what was handed out', async () => {
    const stream = {
      async *[Symbol.asyncIterator]() {
        yield* numbers(7);
      },
    };
    const first = createDataLoader(stream, { batchSize: 2 });
    const iterator = first[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    const second = createDataLoader(stream, { batchSize: 2 });
    second.loadStateDict(first.stateDict());
    expect(await epoch(second)).toEqual([[4, 5], [6]]);
  });

  it('lets a batch live until the next is asked for or the iteration ends', async () => {
    const live = new Set<number>();
    const most: number[] = [];
    const loader = createDataLoader(numbers(5), {
      batchSize: 1,
      collate: ([item]) => {
        live.add(item!);
        return item!;
      },
      release: (batch) => live.delete(batch as number),
    });
    for await (const batch of loader) {
      expect(live.has(batch)).toBe(true);
      most.push(live.size);
    }
    expect(live.size).toBe(0);
    expect(Math.max(...most)).toBe(1);
    for await (const batch of loader) {
      expect(live.size).toBe(1);
      if (batch === 2) break;
    }
    expect(live.size).toBe(0);
    expect(loader.position).toBe(3);
    expect(loader.epoch).toBe(1);
    await expect(async () => {
      for await (const batch of loader) if (batch === 1) throw new Error('mine');
    }).rejects.toThrow('mine');
    expect(live.size).toBe(0);
    expect(loader.epoch).toBe(2);
  });

  it('ends one iteration when another begins', async () => {
    const released: unknown[] = [];
    const loader = createDataLoader(numbers(4), { batchSize: 2, release: (batch) => released.push(batch) });
    const first = loader[Symbol.asyncIterator]();
    await first.next();
    const second = loader[Symbol.asyncIterator]();
    expect(released).toEqual([[0, 1]]);
    expect((await second.next()).value).toEqual([0, 1]);
    expect(await first.next()).toEqual({ done: true, value: undefined });
    expect((await second.next()).value).toEqual([2, 3]);
  });

  it('goes on once after loadStateDict, then begins anew', async () => {
    const loader = createDataLoader(numbers(6), { batchSize: 2 });
    loader.loadStateDict({ ...loader.stateDict(), position: 1 });
    for await (const batch of loader) {
      expect(batch).toEqual([2, 3]);
      break;
    }
    for await (const batch of loader) {
      expect(batch).toEqual([0, 1]);
      break;
    }
    expect(loader.epoch).toBe(1);
  });

  it('ends an iteration when a state is loaded, also while a batch is being made', async () => {
    const released: unknown[] = [];
    const loader = createDataLoader(numbers(6), {
      batchSize: 2,
      collate: async (items) => items,
      release: (batch) => released.push(batch),
    });
    const start = loader.stateDict();
    const iterator = loader[Symbol.asyncIterator]();
    await iterator.next();
    loader.loadStateDict(start);
    expect(released).toEqual([[0, 1]]);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    const second = loader[Symbol.asyncIterator]();
    const pending = second.next();
    loader.loadStateDict(start);
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(released.length).toBeLessThanOrEqual(2);
    expect(loader.stateDict()).toEqual(start);
    released.length = 0;
    let finish = (): void => {};
    const slow = createDataLoader(numbers(2), {
      batchSize: 2,
      collate: (items) => new Promise<readonly number[]>((resolve) => (finish = () => resolve(items))),
      release: (batch) => released.push(batch),
    });
    const third = slow[Symbol.asyncIterator]();
    const late = third.next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    slow.loadStateDict(slow.stateDict());
    finish();
    expect(await late).toEqual({ done: true, value: undefined });
    expect(released).toEqual([[0, 1]]);
    expect(slow.position).toBe(0);
  });

  it('deals a data set out to ranks, streams too', async () => {
    const stream = {
      async *[Symbol.asyncIterator]() {
        yield* numbers(6);
      },
    };
    for (const data of [numbers(6), stream]) {
      const shares = await Promise.all(
        [0, 1].map(async (rank) => epoch(createDataLoader(data, { batchSize: 2, rank, ranks: 2 }))),
      );
      expect(shares).toEqual([
        [[0, 2], [4]],
        [[1, 3], [5]],
      ]);
    }
  });

  it('rejects what cannot be loaded', () => {
    expect(() => createDataLoader(numbers(3), { batchSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: batchSize must be a whole number, 1 or more; it is 0. Give it in the options: createDataLoader(data, { batchSize: 32 }).]`,
    );
    expect(() => createDataLoader({} as number[], { batchSize: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: A data set must be an array, an object { length, get(index) } or an async iterable; it is an object with no fields.]`,
    );
    const stream = { async *[Symbol.asyncIterator]() {} };
    expect(() =>
      createDataLoader(stream, { batchSize: 1, shuffle: true }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: A stream (async iterable) cannot be shuffled. Shuffle it where it is made, or give an array or { length, get(index) }; with shuffle: false it is read as it comes.]`,
    );
    const loader = createDataLoader(numbers(3), { batchSize: 1 });
    expect(() => loader.loadStateDict({ ...loader.stateDict(), position: 4 })).toThrow(InvalidArgumentError);
  });
});

describe('repeat', () => {
  it('throws when an epoch is empty instead of turning for ever', async () => {
    await expect(repeat(createDataLoader([], { batchSize: 1 })).next()).rejects.toThrow(InvalidArgumentError);
  });
});

describe('what is given wrongly is explained', () => {
  it.each([
    ['abc', 'it is a text'],
    [async function* () {}, 'If it is an async function*, give { [Symbol.asyncIterator]: it }'],
    [null, 'it is null.'],
    [3, 'it is 3.'],
    [{ get: () => 1 }, 'it is an object with get.'],
    [{ length: -1 }, 'the one given has the length -1.'],
  ])('as data: %s', (dataset, message) => {
    const create = () => createDataLoader(dataset as never, { batchSize: 1 });
    expect(create).toThrow(InvalidArgumentError);
    expect(create).toThrow(message);
  });

  it('as options and as a state', () => {
    expect(() => createDataLoader([1], undefined as never)).toThrow(
      'createDataLoader(data, { batchSize: 32 })',
    );
    const loader = createDataLoader([1, 2], { batchSize: 1 });
    const before = loader.stateDict();
    for (const state of [
      {},
      null,
      { ...before, position: -1 },
      { ...before, random: [1, 2, 3] },
      { ...before, epoch: 0.5 },
    ]) {
      expect(() => loader.loadStateDict(state as never)).toThrow('must be { epoch, position, random }');
    }
    expect(() => loader.loadStateDict({ ...before, position: 3 })).toThrow('has 2 in all');
    expect(loader.stateDict()).toEqual(before);
  });
});
