import * as tf from '@tensorflow/tfjs-core';
import type { Probe } from './probe.ts';
import { op } from './probe.ts';

const flags = [false, true];

/** All transposes of a product with these batch shapes. */
function products(label: string, batchA: readonly number[], batchB: readonly number[]): readonly Probe[] {
  return flags.flatMap((transposeA) =>
    flags.map((transposeB) =>
      op(
        `matMul${label}, transposes ${transposeA} and ${transposeB}`,
        (a, b) => tf.matMul(a, b, transposeA, transposeB),
        [...batchA, ...(transposeA ? [3, 2] : [2, 3])],
        [...batchB, ...(transposeB ? [4, 3] : [3, 4])],
      ),
    ),
  );
}

/** An einsum equation with the shapes of its operands. */
function einsum(equation: string, ...shapes: readonly (readonly number[])[]): Probe {
  return op(`einsum ${equation}`, (...operands) => tf.einsum(equation, ...operands), ...shapes);
}

/** Matrix products and linear algebra. */
export const matrices: readonly Probe[] = [
  ...products('', [], []),
  ...products(', batch', [2], [2]),
  ...products(', a is one for all', [], [2]),
  ...products(', b is one for all', [2], []),
  ...products(', batch of 1', [1], [2]),
  ...products(', both repeat', [2, 1], [3]),
  ...products(', repeated inside', [2, 1, 2], [1, 2, 2]),
  op('fused.matMul', (a, b, bias) => tf.fused.matMul({ a, b, bias }), [2, 3], [3, 4], [4]),
  op('fused.matMul, no bias', (a, b) => tf.fused.matMul({ a, b }), [2, 3], [3, 4]),
  op('fused.matMul, batch', (a, b, bias) => tf.fused.matMul({ a, b, bias }), [2, 2, 3], [2, 3, 4], [4]),
  op(
    'fused.matMul, sigmoid',
    (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'sigmoid' }),
    [2, 3],
    [3, 4],
    [4],
  ),
  op(
    'fused.matMul, transposed, sigmoid',
    (a, b) => tf.fused.matMul({ a, b, transposeA: true, transposeB: true, activation: 'sigmoid' }),
    [3, 2],
    [4, 3],
  ),
  op(
    'fused.matMul, sigmoid, a batch and one matrix',
    (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'sigmoid' }),
    [2, 2, 3],
    [3, 4],
    [4],
  ),
  einsum('ij,jk->ik', [2, 3], [3, 4]),
  einsum('ij,kj->ki', [2, 3], [4, 3]),
  einsum('bij,bjk->bik', [2, 2, 3], [2, 3, 2]),
  einsum('bij,jk->bik', [2, 2, 3], [3, 2]),
  einsum('bhid,bhjd->bhij', [2, 2, 2, 3], [2, 2, 3, 3]),
  einsum('i,j->ij', [2], [3]),
  einsum('i,i->', [4], [4]),
  einsum('ij,ij->ij', [2, 3], [2, 3]),
  einsum('ij->ji', [2, 3]),
  einsum('ij->i', [2, 3]),
  einsum('ij->', [2, 3]),
  einsum('ij,ik->j', [2, 3], [2, 4]),
  op('linalg.bandPart', (x) => tf.linalg.bandPart(x, 1, 0), [4, 4]),
  op('linalg.bandPart, batch', (x) => tf.linalg.bandPart(x, 0, -1), [2, 3, 4]),
  op('linalg.gramSchmidt', (x) => tf.linalg.gramSchmidt(x), [2, 3]),
  op('linalg.qr', (x) => tf.linalg.qr(x), [3, 2]),
  op('diag', (x) => tf.diag(x), [4]),
  op('diag, of a matrix', (x) => tf.diag(x), [2, 3]),
];
