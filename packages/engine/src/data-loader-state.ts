import type { RandomState } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';

/** Where a loader stands; plain JSON. */
export interface DataLoaderState {
  /** Epochs left behind. */
  readonly epoch: number;
  /** Batches handed out in this epoch. */
  readonly position: number;
  /** The random generator as it was before this epoch's order was drawn. */
  readonly random: RandomState;
}

/**
 * Checks that a loader can go on from a saved state.
 *
 * @param batches that the loader has in an epoch; `undefined` for a stream.
 * @throws InvalidArgumentError when it is no such state, or its position is beyond the end of an epoch.
 */
export function requireLoaderState(
  given: unknown,
  batches: number | undefined,
): asserts given is DataLoaderState {
  const { epoch, position, random } = Object(given) as Partial<Record<keyof DataLoaderState, unknown>>;
  if (!isCount(epoch) || !isCount(position) || !isRandomState(random)) {
    throw new InvalidArgumentError(
      'The state of a data loader must be { epoch, position, random }, as its stateDict() returns it; ' +
        `it is ${JSON.stringify(given) ?? String(given)}.`,
    );
  }
  if (batches !== undefined && position > batches) {
    throw new InvalidArgumentError(
      `The saved loader had handed out ${position} batches of its epoch, but this one has ${batches} ` +
        `in all. Give it the data set and the batch size that it was saved with.`,
    );
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRandomState(value: unknown): value is RandomState {
  return Array.isArray(value) && value.length === 4 && value.every(Number.isSafeInteger);
}
