import type { Tensor } from '@tensorflow/tfjs-core';
import { broadcast_util, reshape, sum } from '@tensorflow/tfjs-core';

/**
 * Sums what broadcasting repeated: the gradient of an input of this shape that was broadcast to the gradient's.
 *
 * An element that was used several times gets the sum of the gradients of its uses.
 */
export function sumToShape(gradient: Tensor, shape: readonly number[]): Tensor {
  const axes = broadcast_util.getReductionAxes([...shape], gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, [...shape]);
}
