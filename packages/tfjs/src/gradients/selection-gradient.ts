import type { Tensor } from '@tensorflow/tfjs-core';
import { cast, range, reshape, round, scatterND, slice, util } from '@tensorflow/tfjs-core';

/**
 * The gradient of an operation on images whose every pixel is a copy of one pixel, or a constant.
 *
 * Which one is found by running the operation on an image of pixel numbers, from 1 up; where a constant is 0, it
 * counts for a pixel that is then left out. float32 can number 16 million pixels.
 */
export function selectionGradient(
  dy: Tensor,
  shape: readonly number[],
  run: (numbers: Tensor) => Tensor,
): Tensor {
  const channels = shape.at(-1)!;
  const pixels = util.sizeFromShape(shape.slice(0, -1));
  const numbers = reshape(range(1, pixels + 1, 1, 'float32'), [...shape.slice(0, -1), 1]);
  const chosen = reshape(cast(round(run(numbers)), 'int32'), [dy.size / channels, 1]);
  const sums = scatterND(chosen, reshape(dy, [dy.size / channels, channels]), [pixels + 1, channels]);
  return reshape(slice(sums, [1, 0], [pixels, channels]), [...shape]);
}
