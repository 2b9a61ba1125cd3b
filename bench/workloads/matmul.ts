import { createRandom } from '@ds/tensor';

export interface MatmulParameters {
  readonly size: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** A square matrix in row-major order. */
export function matrix(size: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: size * size }, () => random.uniform() - 0.5);
}
