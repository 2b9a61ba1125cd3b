import type { Tensor } from '@tensorflow/tfjs-core';
import { add, mul, relu, sigmoid, square } from '@tensorflow/tfjs-core';

/** GELU in its tanh form, x s(2u) with u = sqrt(2 / pi) (x + 0.044715 x^3), in tfjs's operations. */
export function composedGelu(x: Tensor): Tensor {
  const twice = 2 * Math.sqrt(2 / Math.PI);
  return mul(x, sigmoid(mul(x, add(mul(square(x), twice * 0.044715), twice))));
}

/** What `linear` does to its product. */
export function composedActivation(x: Tensor, name: 'linear' | 'relu' | 'gelu'): Tensor {
  if (name === 'relu') return relu(x);
  return name === 'gelu' ? composedGelu(x) : x;
}
