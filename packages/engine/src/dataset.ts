import { InvalidArgumentError } from '@ds/tensor';

/** Examples by number. */
export interface IndexedDataset<Item> {
  readonly length: number;
  get(index: number): Item | Promise<Item>;
}

/**
 * What can be trained on: an array (typed ones too), examples by number, or a stream.
 *
 * A stream is read from its start in every epoch, so it must be one that can be iterated again: an object with
 * `[Symbol.asyncIterator]() { ... }`, not a generator that has been started.
 */
export type Dataset<Item> = ArrayLike<Item> | IndexedDataset<Item> | AsyncIterable<Item>;

/** Tells whether a data set is a stream, of which neither length nor order can be chosen. */
export function isStream<Item>(dataset: Dataset<Item>): dataset is AsyncIterable<Item> {
  return typeof dataset === 'object' && dataset !== null && Symbol.asyncIterator in dataset;
}

/**
 * Gives arrays and data sets by number one shape.
 *
 * @throws InvalidArgumentError when it is neither.
 */
export function toIndexed<Item>(dataset: ArrayLike<Item> | IndexedDataset<Item>): IndexedDataset<Item> {
  const given: unknown = dataset;
  const length: unknown =
    typeof given === 'object' && given !== null && 'length' in given ? given.length : undefined;
  if (!Number.isSafeInteger(length) || (length as number) < 0) {
    throw new InvalidArgumentError(
      `A data set must be an array, an object { length, get(index) } or an async iterable; ${mistake(given)}`,
    );
  }
  if ('get' in dataset && typeof dataset.get === 'function') return dataset;
  const items = dataset as ArrayLike<Item>;
  return { length: items.length, get: (index) => items[index]! };
}

function mistake(given: unknown): string {
  if (typeof given === 'function') {
    return (
      'it is a function. If it is an async function*, give { [Symbol.asyncIterator]: it }, which begins anew in ' +
      'every epoch.'
    );
  }
  if (typeof given === 'string') return 'it is a text. Read what it names, or split it into examples.';
  if (typeof given !== 'object' || given === null) return `it is ${String(given)}.`;
  return 'length' in given
    ? `the one given has the length ${String(given.length)}.`
    : `it is an object with ${Object.keys(given).join(', ') || 'no fields'}.`;
}
