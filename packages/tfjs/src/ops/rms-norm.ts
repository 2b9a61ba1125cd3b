import type { Tensor } from '@tensorflow/tfjs-core';
import type { NormOptions } from './layer-norm.ts';
import { normalize } from './normalize.ts';

/**
 * Normalization by the root mean square over the last axis: gain * x / sqrt(mean(x^2) + epsilon).
 *
 * Source: Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019). Keeps `x` and `gain` for the gradient.
 *
 * @param x float32 `[..., width]`.
 * @param gain float32 `[width]`.
 * @returns a tensor of the shape of `x`.
 * @throws InvalidArgumentError for other types, and for shapes that do not fit.
 * @example
 * rmsNorm(tf.tensor2d([[3, 4]]), tf.ones([2])); // [[0.8485, 1.1314]]
 */
export function rmsNorm(x: Tensor, gain: Tensor, { epsilon = 1e-5 }: NormOptions = {}): Tensor {
  return normalize('rmsNorm', x, gain, undefined, epsilon);
}
