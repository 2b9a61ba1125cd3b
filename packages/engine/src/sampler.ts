import type { Random } from '@ds/tensor';

/** Which part of the data one data-parallel rank sees. */
export interface DataShard {
  /** This rank, from 0; default 0. */
  readonly rank?: number;
  /** Number of ranks; default 1. */
  readonly ranks?: number;
}

/**
 * Returns the order in which a rank visits the elements of a data set in one epoch.
 *
 * Shuffled by Fisher and Yates when `random` is given. Rank `r` takes the elements `r`, `r + ranks`, ... of the
 * common order, which starts over at its end until every rank has equally many, as PyTorch's
 * `DistributedSampler` does.
 *
 * @param length number of elements of the data set.
 */
export function sampleOrder(
  length: number,
  random: Random | undefined,
  { rank = 0, ranks = 1 }: DataShard = {},
): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  if (random !== undefined) {
    for (let last = length - 1; last > 0; last--) {
      const other = random.integer(last + 1);
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
  }
  if (ranks === 1) return order;
  return Uint32Array.from(
    { length: Math.ceil(length / ranks) },
    (_, index) => order[(rank + index * ranks) % length]!,
  );
}
