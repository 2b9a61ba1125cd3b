import { InvalidArgumentError } from '@ds/tensor';

/**
 * Runs through a loader (or any other async iterable) for ever, epoch after epoch.
 *
 * @yields the batches of one epoch after the other.
 * @throws InvalidArgumentError when an epoch has no batches.
 *
 * @example
 * const batches = repeat(loader)[Symbol.asyncIterator]();
 * for (let step = 0; step < 1000; step++) await engine.trainBatch(batches);
 */
export async function* repeat<Batch>(loader: AsyncIterable<Batch>): AsyncGenerator<Batch, never> {
  // A loader that was saved at the very end of an epoch has nothing left of it, so one empty epoch is no mistake.
  for (let empty = 0; empty < 2; empty++) {
    for await (const batch of loader) {
      empty = -1;
      yield batch;
    }
  }
  throw new InvalidArgumentError('An epoch without batches cannot be repeated.');
}
