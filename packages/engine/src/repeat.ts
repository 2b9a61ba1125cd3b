import { InvalidArgumentError } from '@ds/tensor';

/**
 * Runs through a loader (or any other async iterable) for ever, epoch after epoch.
 *
 * @throws InvalidArgumentError when an epoch has no batches.
 *
 * @example
 * const batches = repeat(loader)[Symbol.asyncIterator]();
 * for (let step = 0; step < 1000; step++) await engine.trainBatch(batches);
 */
export async function* repeat<Batch>(loader: AsyncIterable<Batch>): AsyncGenerator<Batch, never> {
  for (;;) {
    let any = false;
    for await (const batch of loader) {
      any = true;
      yield batch;
    }
    if (!any) throw new InvalidArgumentError('An epoch without batches cannot be repeated.');
  }
}
