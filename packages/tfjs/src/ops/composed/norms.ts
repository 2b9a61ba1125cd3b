import type { Tensor } from '@tensorflow/tfjs-core';
import { add, mean, mul, rsqrt, square, sub } from '@tensorflow/tfjs-core';

/** `layerNorm` in tfjs's operations. */
export function composedLayerNorm(x: Tensor, gain: Tensor, bias: Tensor, epsilon: number): Tensor {
  return add(composedRmsNorm(sub(x, mean(x, -1, true)), gain, epsilon), bias);
}

/** `rmsNorm` in tfjs's operations. */
export function composedRmsNorm(x: Tensor, gain: Tensor, epsilon: number): Tensor {
  return mul(mul(x, rsqrt(add(mean(square(x), -1, true), epsilon))), gain);
}
