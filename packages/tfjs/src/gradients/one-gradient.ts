import type { Tensor } from '@tensorflow/tfjs-core';

/** The output gradient of an operation with one output, or with several of which only the first can be differentiated. */
export function oneGradient(dy: Tensor | Tensor[]): Tensor {
  return Array.isArray(dy) ? dy[0]! : dy;
}
