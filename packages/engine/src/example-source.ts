import type { Random } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import type { Dataset, IndexedDataset } from './dataset.ts';
import { isStream, toIndexed } from './dataset.ts';
import type { DataShard } from './sampler.ts';
import { sampleOrder } from './sampler.ts';

/** A data set as lists of examples. */
export interface ExampleSource<Item> {
  /** Examples per epoch of this rank; `undefined` for a stream. */
  readonly length: number | undefined;
  /** The lists of one epoch, from list number `from` on; draws the epoch's order at once. */
  items(random: Random, from: number): AsyncIterator<Item[], undefined>;
}

/**
 * Cuts a data set into lists of `batchSize` examples; the last of an epoch may be shorter.
 *
 * @throws InvalidArgumentError when a stream is to be shuffled.
 */
export function exampleSource<Item>(
  dataset: Dataset<Item>,
  {
    shuffle,
    shard,
    batchSize,
  }: { readonly shuffle: boolean; readonly shard: DataShard; readonly batchSize: number },
): ExampleSource<Item> {
  if (isStream(dataset)) {
    if (shuffle) {
      throw new InvalidArgumentError(
        'A stream (async iterable) cannot be shuffled. Shuffle it where it is made, or give an array or ' +
          '{ length, get(index) }; with shuffle: false it is read as it comes.',
      );
    }
    return { length: undefined, items: (_, from) => streamed(dataset, batchSize, from, shard) };
  }
  const indexed = toIndexed(dataset);
  const length = sampleOrder(indexed.length, undefined, shard).length;
  return {
    length,
    items: (random, from) =>
      picked(indexed, sampleOrder(indexed.length, shuffle ? random : undefined, shard), batchSize, from),
  };
}

async function* picked<Item>(
  dataset: IndexedDataset<Item>,
  order: Uint32Array,
  batchSize: number,
  from: number,
): AsyncGenerator<Item[], undefined> {
  for (let start = from * batchSize; start < order.length; start += batchSize) {
    yield await Promise.all(
      Array.from(order.subarray(start, start + batchSize), (index) => dataset.get(index)),
    );
  }
}

async function* streamed<Item>(
  dataset: AsyncIterable<Item>,
  batchSize: number,
  from: number,
  { rank = 0, ranks = 1 }: DataShard,
): AsyncGenerator<Item[], undefined> {
  let seen = 0;
  let items: Item[] = [];
  for await (const item of dataset) {
    const mine = Math.floor(seen / ranks);
    const isMine = seen % ranks === rank;
    seen += 1;
    if (!isMine || mine < from * batchSize) continue;
    items.push(item);
    if (items.length === batchSize) {
      yield items;
      items = [];
    }
  }
  if (items.length > 0) yield items;
}
