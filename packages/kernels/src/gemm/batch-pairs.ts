/** The batches of two operands that belong together, and what they give. */
export interface BatchPairs {
  /** The batch shape of the result. */
  readonly shape: readonly number[];
  /** For each batch of the result in order, which batch of a and of b. */
  readonly pairs: readonly (readonly [a: number, b: number])[];
}

/**
 * Pairs batches by the rules of broadcasting: shapes are aligned at their ends, a dimension of 1 repeats.
 *
 * Returns `undefined` if the shapes do not fit.
 *
 * @example
 * batchPairs([2, 1], [3])?.pairs; // [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
 */
export function batchPairs(a: readonly number[], b: readonly number[]): BatchPairs | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  let pairs: (readonly [number, number])[] = [[0, 0]];
  for (let axis = 0; axis < rank; axis++) {
    const sizeA = a[axis - rank + a.length] ?? 1;
    const sizeB = b[axis - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return undefined;
    const size = sizeA === 1 ? sizeB : sizeA;
    shape.push(size);
    pairs = pairs.flatMap(([pairA, pairB]) =>
      Array.from({ length: size }, (_, index) => [
        pairA * sizeA + (sizeA === 1 ? 0 : index),
        pairB * sizeB + (sizeB === 1 ? 0 : index),
      ]),
    );
  }
  return { shape, pairs };
}
