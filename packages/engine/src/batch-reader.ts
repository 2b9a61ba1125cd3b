import { InvalidArgumentError } from '@ds/tensor';

/** Where micro-batches come from: a loader or a stream, or an iterator, which is read on from where it is. */
export type BatchSource<Batch> = AsyncIterable<Batch> | AsyncIterator<Batch> | Iterator<Batch>;

/** Tells a source of batches from one batch. Arrays are batches: of a list of batches, give `list.values()`. */
export function isBatchSource<Batch>(given: unknown): given is BatchSource<Batch> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false;
  return Symbol.asyncIterator in given || ('next' in given && typeof given.next === 'function');
}

/**
 * Reads from one source at a time and remembers where it stopped, so that a loader given again and again is read
 * through, not begun again.
 */
export class BatchReader<Batch> {
  #source: BatchSource<Batch> | undefined;
  #iterator: AsyncIterator<Batch> | Iterator<Batch> | undefined;

  /** The next batch, or `undefined` at the end of an epoch; the call after that begins the next one. */
  async next(source: BatchSource<Batch>): Promise<{ readonly value: Batch } | undefined> {
    if (this.#source !== source || this.#iterator === undefined) {
      this.close();
      this.#source = source;
      this.#iterator = 'next' in source ? source : source[Symbol.asyncIterator]();
    }
    const { done, value } = await this.#iterator.next();
    if (!done) return { value };
    this.#iterator = undefined;
    return undefined;
  }

  /**
   * As `next`, but goes on with the next epoch.
   *
   * @throws InvalidArgumentError when there is none.
   */
  async nextOfAnyEpoch(source: BatchSource<Batch>): Promise<{ readonly value: Batch }> {
    const batch = (await this.next(source)) ?? (await this.next(source));
    if (batch !== undefined) return batch;
    throw new InvalidArgumentError(
      'next' in source
        ? 'The iterator has no more batches. Give a new one, or a loader, which begins its next epoch by itself.'
        : 'The loader has no batches: its data set is empty, or shorter than one batch with dropLast.',
    );
  }

  /** Lets go of the source, which frees what it holds. */
  close(): void {
    void this.#iterator?.return?.();
    this.#iterator = undefined;
    this.#source = undefined;
  }
}
