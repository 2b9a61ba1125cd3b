import * as tf from '@tensorflow/tfjs-core';
import type { Input, Probe } from './probe.ts';
import { distinct, ints, op, within } from './probe.ts';

type Reduction = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

/** The axes that a reduction may be asked for. */
function reduction(
  name: string,
  run: Reduction,
  make: (...shape: readonly number[]) => Input,
): readonly Probe[] {
  const variant = (label: string, axis?: number | number[], keepDims?: boolean): Probe =>
    op(`${name}${label}`, (x) => run(x, axis, keepDims), make(2, 3, 2));
  return [
    variant(''),
    variant(', kept dimensions', undefined, true),
    variant(', first axis', 0),
    variant(', middle axis, kept', 1, true),
    variant(', last axis', -1),
    variant(', two axes', [0, 2]),
    variant(', adjacent axes, kept', [1, 2], true),
    variant(', negative axes', [-3, -1]),
    op(`${name}, of a scalar`, (x) => run(x), make()),
    op(`${name}, of a vector`, (x) => run(x, 0), make(4)),
  ];
}

const small = (...shape: readonly number[]): Input => within(-1.5, 1.5, ...shape);

/** Operations that make one number of many. */
export const reductions: readonly Probe[] = [
  ...reduction('sum', (x, axis, keepDims) => tf.sum(x, axis, keepDims), small),
  ...reduction('mean', (x, axis, keepDims) => tf.mean(x, axis, keepDims), small),
  ...reduction('prod', (x, axis, keepDims) => tf.prod(x, axis, keepDims), small),
  ...reduction('max', (x, axis, keepDims) => tf.max(x, axis, keepDims), distinct),
  ...reduction('min', (x, axis, keepDims) => tf.min(x, axis, keepDims), distinct),
  ...reduction('logSumExp', (x, axis, keepDims) => tf.logSumExp(x, axis, keepDims), small),
  ...reduction(
    'norm',
    (x, axis, keepDims) => tf.norm(x, 'euclidean', axis, keepDims),
    (...shape) => within(0.5, 1.5, ...shape),
  ).filter(({ name }) => !name.includes('adjacent')),
  op('prod, one factor is zero', (x) => tf.prod(tf.mul(x, tf.tensor1d([1, 0, 1]))), [3]),
  op('prod, two factors are zero', (x) => tf.prod(x, 1), within(0, 0, 2, 2)),
  op(
    'prod, one zero in each row',
    (x) =>
      tf.prod(
        tf.mul(
          x,
          tf.tensor2d([
            [1, 0, 1],
            [0, 1, 1],
          ]),
        ),
        1,
      ),
    [2, 3],
  ),
  op('norm, order 1', (x) => tf.norm(x, 1), [3, 4]),
  op('norm, order infinity', (x) => tf.norm(x, Infinity), distinct(5)),
  op('norm, order -infinity', (x) => tf.norm(x, -Infinity), distinct(5)),
  op('norm, of columns', (x) => tf.norm(x, 2, 0), within(0.5, 1.5, 3, 4)),
  op('norm, frobenius', (x) => tf.norm(x, 'fro', [0, 1]), [3, 4]),
  op('moments', (x) => Object.values(tf.moments(x, [0])), [4, 3]),
  op('cumsum', (x) => tf.cumsum(x), [4]),
  op('cumsum, first axis', (x) => tf.cumsum(x, 0), [3, 4]),
  op('cumsum, first axis, exclusive', (x) => tf.cumsum(x, 0, true), [3, 3]),
  op('cumsum, middle axis, reverse', (x) => tf.cumsum(x, 1, false, true), [2, 3, 2]),
  op('cumsum, last axis, exclusive and reverse', (x) => tf.cumsum(x, -1, true, true), [3, 4]),
  op('cumprod', (x) => tf.cumprod(x), [4]),
  op('cumprod, first axis', (x) => tf.cumprod(x, 0), [3, 4]),
  op('cumprod, first axis, exclusive', (x) => tf.cumprod(x, 0, true), [3, 3]),
  op('cumprod, middle axis, reverse', (x) => tf.cumprod(x, 1, false, true), [2, 3, 2]),
  op('cumprod, last axis, exclusive and reverse', (x) => tf.cumprod(x, -1, true, true), [3, 4]),
  op('cumprod, with zeros', (x) => tf.cumprod(tf.mul(x, tf.tensor1d([1, 0, 1, 0, 1]))), [5]),
  op('cumprod, input is zero in places', (x) => tf.cumprod(x), within(0, 0, 3)),
  op('unsortedSegmentSum', (x) => tf.unsortedSegmentSum(x, ints([2, 0, 2, 1], 4), 4), [4, 3]),
  op('unsortedSegmentSum, vector', (x) => tf.unsortedSegmentSum(x, ints([1, 0, 1], 3), 2), [3]),
  op('sparse.sparseSegmentSum', (x) => tf.sparse.sparseSegmentSum(x, [0, 2, 0], [0, 0, 1]), [3, 2]),
  op('sparse.sparseSegmentMean', (x) => tf.sparse.sparseSegmentMean(x, [0, 2, 0], [0, 0, 1]), [3, 2]),
];
