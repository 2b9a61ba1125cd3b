import type { Device, MatrixProduct, Operand, Rule } from '@ds/tensor';
import { resolveOperand } from '@ds/tensor';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { matMul, reshape, tidy, transpose, zeros } from '@tensorflow/tfjs-core';
import { inOperations } from './in-operations.ts';
import type { Storage } from './storage.ts';
import type { TfjsDevice } from './tfjs-device.ts';
import type { TfjsSlab } from './tfjs-slab.ts';

const scaleProduct: Rule<'target' | 'product', 'alpha'> = {
  name: 'scale_product',
  slots: ['target', 'product'],
  scalars: ['alpha'],
  update: ({ mul }, { product }, { alpha }) => ({ target: mul(alpha, product) }),
};

const addProduct: Rule<'target' | 'product', 'alpha' | 'beta'> = {
  name: 'add_product',
  slots: ['target', 'product'],
  scalars: ['alpha', 'beta'],
  update: ({ add, mul }, { target, product }, { alpha, beta }) => ({
    target: add(mul(alpha, product), mul(beta, target)),
  }),
};

/** `Device.multiply` through `tf.matMul`, with tensors that lie in the slabs or are copied out of them. */
export function createMultiply(
  device: TfjsDevice,
  storage: Storage,
  check: (slab: TfjsSlab, start: number, end: number) => void,
): Device<TfjsSlab>['multiply'] {
  /** The operand as a matrix, for use inside `tidy`. */
  const matrix = (operand: Operand<TfjsSlab>, rows: number, columns: number): Tensor2D => {
    const { slab, start } = resolveOperand(operand);
    const size = rows * columns;
    if (start === 0 && size === slab.length) return reshape(slab.tensor, [rows, columns]);
    // A tensor cannot begin inside another one's memory, and `tf.slice` on wasm copies all of it.
    const piece = storage.allocate([rows, columns]) as Tensor2D;
    storage.copy({ tensor: piece, start: 0 }, { tensor: slab.tensor, start }, size);
    return piece;
  };
  return ({
    target,
    a,
    b,
    rows,
    columns,
    inner,
    transposeA = false,
    transposeB = false,
    alpha = 1,
    beta = 0,
  }: MatrixProduct<TfjsSlab>) => {
    const size = rows * columns;
    for (const [operand, length] of [
      [target, size],
      [a, rows * inner],
      [b, inner * columns],
    ] as const) {
      const { slab, start } = resolveOperand(operand);
      check(slab, start, start + length);
    }
    if (size === 0) return;
    inOperations(storage.backend, () => {
      tidy(() => {
        // Transposed first: the wasm backend has a fast path only for plain products.
        const left = (): Tensor2D =>
          transposeA ? transpose(matrix(a, inner, rows)) : matrix(a, rows, inner);
        const right = (): Tensor2D =>
          transposeB ? transpose(matrix(b, columns, inner)) : matrix(b, inner, columns);
        const product: Tensor = inner === 0 ? zeros([rows, columns]) : matMul(left(), right());
        const operands = { target, product: device.adopt(product) };
        if (beta === 0) device.compile(scaleProduct).run(operands, { alpha }, size);
        else device.compile(addProduct).run(operands, { alpha, beta }, size);
      });
    });
  };
}
