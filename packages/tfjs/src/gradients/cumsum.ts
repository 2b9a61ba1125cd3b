import type { CumsumAttrs, GradConfig } from '@tensorflow/tfjs-core';
import { Cumsum, cumsum } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/**
 * y_j is the sum of x_i with i <= j, so dx_i is the sum of dy_j with j >= i: the same sum from the other end.
 *
 * tfjs goes on to transpose it, which is wrong unless the axis is the last.
 */
export const cumsumGradient: GradConfig = {
  kernelName: Cumsum,
  gradFunc: (dy, _saved, attributes) => {
    const { axis, exclusive, reverse } = attributes as unknown as CumsumAttrs;
    return { x: () => cumsum(oneGradient(dy), axis, exclusive, !reverse) };
  },
};
