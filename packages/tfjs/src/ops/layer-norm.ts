import type { Tensor } from '@tensorflow/tfjs-core';
import { normalize } from './normalize.ts';

/** How a normalization computes. */
export interface NormOptions {
  /** Added to the variance, or mean square, against division by zero; default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Layer normalization over the last axis: gain * (x - mean) / sqrt(variance + epsilon) + bias.
 *
 * Source: Ba, Kiros and Hinton, "Layer Normalization" (2016). Keeps `x` and `gain` for the gradient.
 *
 * @param x float32 `[..., width]`.
 * @param gain float32 `[width]`.
 * @param bias float32 `[width]`.
 * @returns a tensor of the shape of `x`.
 * @throws InvalidArgumentError for other types, and for shapes that do not fit.
 * @example
 * layerNorm(tf.tensor2d([[1, 2, 3]]), tf.ones([3]), tf.zeros([3])); // [[-1.2247, 0, 1.2247]]
 */
export function layerNorm(
  x: Tensor,
  gain: Tensor,
  bias: Tensor,
  { epsilon = 1e-5 }: NormOptions = {},
): Tensor {
  return normalize('layerNorm', x, gain, bias, epsilon);
}
