import type { BincountAttrs, DenseBincountAttrs, GradConfig, Tensor } from '@tensorflow/tfjs-core';
import {
  Bincount,
  cast,
  DenseBincount,
  gather,
  less,
  minimum,
  mul,
  scalar,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/** Sums of weights by number: each weight has the gradient of the sum that it is in, if it is in any. */
export const bincountGradient: GradConfig = {
  kernelName: Bincount,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attributes) => {
    const [x] = saved as [Tensor];
    const { size } = attributes as unknown as BincountAttrs;
    return { x: () => zeros(x.shape), weights: () => pickSums(oneGradient(dy), x, size, 0) };
  },
};

/** The same, or row by row; `binaryOutput` ignores the weights. */
export const denseBincountGradient: GradConfig = {
  kernelName: DenseBincount,
  inputsToSave: ['x', 'weights'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys);
    const [x, weights] = saved as [Tensor, Tensor];
    const { size, binaryOutput } = attributes as unknown as DenseBincountAttrs;
    return {
      x: () => zeros(x.shape),
      weights: () => (binaryOutput ? zerosLike(weights) : pickSums(dy, x, size, x.rank - 1)),
    };
  },
};

function pickSums(sums: Tensor, numbers: Tensor, size: number, axis: number): Tensor {
  const counted = cast(less(numbers, scalar(size, 'int32')), 'float32');
  return mul(gather(sums, minimum(numbers, scalar(size - 1, 'int32')), axis, axis), counted);
}
