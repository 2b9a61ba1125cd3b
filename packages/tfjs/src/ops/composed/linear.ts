import type { Tensor } from '@tensorflow/tfjs-core';
import { add, matMul, reshape } from '@tensorflow/tfjs-core';
import type { LinearActivation } from '../linear.ts';
import { composedActivation } from './activations.ts';

/** `linear` in tfjs's operations, checked by the caller. */
export function composedLinear(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  activation: LinearActivation,
  transposeWeight: boolean,
  shape: number[],
): Tensor {
  const inner = x.shape.at(-1)!;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const product = matMul(reshape(x, [rows, inner]), weight, false, transposeWeight);
  const sum = bias === undefined ? product : add(product, bias);
  return reshape(composedActivation(sum, activation), shape);
}
