import { createRandom, InvalidArgumentError } from '@ds/tensor';
import type { DataLoaderState } from './data-loader-state.ts';
import { requireLoaderState } from './data-loader-state.ts';
import type { Dataset } from './dataset.ts';
import { exampleSource } from './example-source.ts';
import type { DataShard } from './sampler.ts';

/**
 * Batches of a data set, epoch by epoch.
 *
 * Each iteration is one epoch. One runs at a time: starting another ends the one before, and what it left over is
 * skipped, except that the first iteration after `loadStateDict` goes on where the saved one stood.
 */
export interface DataLoader<Batch> extends AsyncIterable<Batch> {
  /** Batches per epoch; `undefined` for a stream. */
  readonly length: number | undefined;
  /** Epochs left behind. */
  readonly epoch: number;
  /** Batches handed out in this epoch. */
  readonly position: number;
  /** A batch's tensors live until the next batch is asked for, or the iteration ends. */
  [Symbol.asyncIterator](): AsyncIterator<Batch, undefined>;
  /** Where the loader stands: the batch that it handed out last counts as used. */
  stateDict(): DataLoaderState;
  /**
   * Continues from a saved state; the data set and the options must be the same.
   *
   * @throws InvalidArgumentError when it is no such state, or the position is beyond the end of an epoch.
   */
  loadStateDict(state: DataLoaderState): void;
}

/** Options of `createDataLoader` besides `collate`. */
export interface DataLoaderOptions extends DataShard {
  /** Examples per batch. */
  readonly batchSize: number;
  /** Draw a new order for every epoch; default false. Not for streams. */
  readonly shuffle?: boolean;
  /** Where shuffling starts; default 0. */
  readonly seed?: number;
  /** Leave out an epoch's last batch when it is short; default false. */
  readonly dropLast?: boolean;
  /** Frees a batch after use, for example `(batch) => model.release(batch)` or `tf.dispose`. */
  readonly release?: (batch: unknown) => void;
}

/** Makes a batch of examples. */
export type Collate<Item, Batch> = (items: readonly Item[]) => Batch | Promise<Batch>;

/**
 * Creates a loader of batches whose position can be saved in the middle of an epoch.
 *
 * @param dataset an array, `{ length, get(index) }`, or an async iterable.
 * @param options `collate` makes a batch of examples; without it a batch is the array of them.
 * @throws InvalidArgumentError when `batchSize` is not a whole number above 0, or a stream is to be shuffled.
 *
 * @example
 * const loader = createDataLoader([1, 2, 3, 4, 5], { batchSize: 2, shuffle: true, seed: 7 });
 * for await (const batch of loader) console.log(batch); // [ 4, 2 ], ...
 */
export function createDataLoader<Item>(
  dataset: Dataset<Item>,
  options: DataLoaderOptions & { readonly collate?: undefined },
): DataLoader<readonly Item[]>;
export function createDataLoader<Item, Batch>(
  dataset: Dataset<Item>,
  options: DataLoaderOptions & { readonly collate: Collate<Item, Batch> },
): DataLoader<Batch>;
export function createDataLoader<Item, Batch>(
  dataset: Dataset<Item>,
  options: DataLoaderOptions & { readonly collate?: Collate<Item, Batch> | undefined },
): DataLoader<Batch> {
  const {
    batchSize,
    shuffle = false,
    seed = 0,
    dropLast = false,
    release = () => {},
    collate = (items) => items as Batch,
    ...shard
  } = Object(options) as typeof options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new InvalidArgumentError(
      `batchSize must be a whole number, 1 or more; it is ${String(batchSize)}. Give it in the options: createDataLoader(data, { batchSize: 32 }).`,
    );
  }
  const source = exampleSource(dataset, { shuffle, shard, batchSize });
  const batches = source.length === undefined ? undefined : batchesOf(source.length, batchSize, dropLast);
  const random = createRandom(seed);
  let epoch = 0;
  let position = 0;
  let epochStart = random.state();
  let resumed = false;
  let endCurrent = (): void => {};

  /** Begins the next epoch, or goes on with the restored one. */
  function begin(): AsyncIterator<Item[], undefined> {
    endCurrent();
    if (!resumed && position > 0) nextEpoch();
    resumed = false;
    random.restore(epochStart);
    return source.items(random, position);
  }

  function nextEpoch(): void {
    epoch += 1;
    position = 0;
    epochStart = random.state();
  }

  function iterate(): AsyncIterator<Batch, undefined> {
    const items = begin();
    let batch: { readonly value: Batch } | undefined;
    let ended = false;
    const drop = (): void => {
      if (batch !== undefined) release(batch.value);
      batch = undefined;
    };
    const end = (): void => {
      drop();
      ended = true;
    };
    endCurrent = end;
    return {
      async next() {
        drop();
        if (ended) return { done: true, value: undefined };
        const examples = await items.next();
        if (examples.done || (dropLast && examples.value.length < batchSize)) {
          if (!ended) nextEpoch();
          end();
          return { done: true, value: undefined };
        }
        const value = await collate(examples.value);
        if (ended) {
          release(value);
          return { done: true, value: undefined };
        }
        batch = { value };
        position += 1;
        return { done: false, value };
      },
      async return() {
        end();
        await items.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  return {
    length: batches,
    get epoch() {
      return epoch;
    },
    get position() {
      return position;
    },
    [Symbol.asyncIterator]: iterate,
    stateDict: () => ({ epoch, position, random: epochStart }),
    loadStateDict(state) {
      requireLoaderState(state, batches);
      endCurrent();
      ({ epoch, position, random: epochStart } = state);
      resumed = true;
    },
  };
}

function batchesOf(length: number, batchSize: number, dropLast: boolean): number {
  return dropLast ? Math.floor(length / batchSize) : Math.ceil(length / batchSize);
}
