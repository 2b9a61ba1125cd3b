import type { GradConfig, ProdAttrs, Tensor } from '@tensorflow/tfjs-core';
import { backend_util, cumprod, mul, Prod, reshape, transpose, util } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/**
 * y = x_1 x_2 ... x_n, so dx_i = dy times all the other factors: the product of those before i, and of those after.
 * Nothing is divided, so factors may be zero.
 *
 * tfjs does the same, but only where the program has also imported its chained operations, and not for negative axes.
 */
export const prodGradient: GradConfig = {
  kernelName: Prod,
  inputsToSave: ['x'],
  gradFunc: (dys, saved, attributes) => {
    const [x] = saved as [Tensor];
    const { axis } = attributes as unknown as ProdAttrs;
    return {
      x: () => {
        const axes = util.parseAxisParam(axis, x.shape);
        const order = backend_util.getAxesPermutation(axes, x.rank);
        const permuted = order === null ? x : transpose(x, order);
        const kept = x.rank - axes.length;
        const rows = util.sizeFromShape(permuted.shape.slice(0, kept));
        const factors = reshape(permuted, [rows, util.sizeFromShape(permuted.shape.slice(kept))]);
        const others = mul(cumprod(factors, 1, true, false), cumprod(factors, 1, true, true));
        const gradient = reshape(mul(reshape(oneGradient(dys), [rows, 1]), others), permuted.shape);
        return order === null ? gradient : transpose(gradient, backend_util.getUndoAxesPermutation(order));
      },
    };
  },
};
