import type { Algebra } from '@ds/tensor';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  abs,
  add,
  div,
  greater,
  isNaN,
  less,
  logicalOr,
  maximum,
  minimum,
  mul,
  scalar,
  sqrt,
  sub,
  where,
} from '@tensorflow/tfjs-core';

/**
 * Rules as plain tfjs operations, for any backend; call it inside `tidy`.
 *
 * Exact where the backend rounds each operation once, as `cpu` does. tfjs's own `sign` gives 0 for NaN, and its
 * `maximum` and `minimum` leave NaN to the backend, so those three are made of other operations.
 */
export const tensorAlgebra: Algebra<Tensor> = {
  constant: (value) => scalar(value, 'float32'),
  add: (a, b) => add(a, b),
  sub: (a, b) => sub(a, b),
  mul: (a, b) => mul(a, b),
  div: (a, b) => div(a, b),
  sqrt: (a) => sqrt(a),
  abs: (a) => abs(a),
  sign: (a) => where(greater(a, 0), scalar(1), where(less(a, 0), scalar(-1), a)),
  max: (a, b) => where(eitherNaN(a, b), add(a, b), maximum(a, b)),
  min: (a, b) => where(eitherNaN(a, b), add(a, b), minimum(a, b)),
  select: (condition, positive, otherwise) => where(greater(condition, 0), positive, otherwise),
};

function eitherNaN(a: Tensor, b: Tensor): Tensor {
  return logicalOr(isNaN(a), isNaN(b));
}
