import type { CumprodAttrs, GradConfig, Tensor } from '@tensorflow/tfjs-core';
import {
  cast,
  Cumprod,
  cumprod,
  cumsum,
  div,
  equal,
  logicalAnd,
  mul,
  onesLike,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/**
 * y_j is the product of x_i with i <= j. Where x_i is not zero, dx_i is the sum over j >= i of dy_j y_j / x_i.
 *
 * Let z be the first zero. Before it that holds, as the y_j behind it are zero. At z itself nothing can be divided:
 * dx_z is the sum over j >= z of dy_j times the product without x_z, which is y_j with x_z replaced by 1. Behind z
 * every product contains x_z, so dx is zero there.
 */
export const cumprodGradient: GradConfig = {
  kernelName: Cumprod,
  inputsToSave: ['x'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys);
    const [x] = saved as [Tensor];
    const { axis, exclusive, reverse } = attributes as unknown as CumprodAttrs;
    const product = (factors: Tensor): Tensor => cumprod(factors, axis, exclusive, reverse);
    const sumFromEnd = (terms: Tensor): Tensor => cumsum(terms, axis, exclusive, !reverse);
    return {
      x: () => {
        const isZero = equal(x, 0);
        const zerosSoFar = cumsum(cast(isZero, 'float32'), axis, false, reverse);
        const isFirstZero = logicalAnd(isZero, equal(zerosSoFar, 1));
        const isBefore = equal(zerosSoFar, 0);
        const one = onesLike(x);
        const before = div(sumFromEnd(mul(dy, product(x))), where(isBefore, x, one));
        const at = sumFromEnd(mul(dy, product(where(isFirstZero, one, x))));
        return where(isBefore, before, where(isFirstZero, at, zerosLike(x)));
      },
    };
  },
};
