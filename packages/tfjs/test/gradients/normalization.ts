import * as tf from '@tensorflow/tfjs-core';
import type { Probe } from './probe.ts';
import { op, within } from './probe.ts';

const variance = (...shape: readonly number[]) => within(0.6, 1.6, ...shape);

/** Normalization, softmax, losses. */
export const normalization: readonly Probe[] = [
  op('batchNorm', (x, m, v, o, s) => tf.batchNorm(x, m, v, o, s), [2, 2, 2, 3], [3], variance(3), [3], [3]),
  op(
    'batchNorm, no offset',
    (x, m, v, s) => tf.batchNorm(x, m, v, undefined, s),
    [2, 2, 2, 3],
    [3],
    variance(3),
    [3],
  ),
  op('batchNorm, no scale', (x, m, v, o) => tf.batchNorm(x, m, v, o), [2, 2, 2, 3], [3], variance(3), [3]),
  op('batchNorm, neither', (x, m, v) => tf.batchNorm(x, m, v), [2, 2, 2, 3], [3], variance(3)),
  op(
    'batchNorm, null for both',
    (x, m, v) => tf.batchNorm(x, m, v, null!, null!, 0.01),
    [2, 3],
    [3],
    variance(3),
  ),
  op('batchNorm, of x alone', (x) => tf.batchNorm(x, [0.5, 1], [1, 2]), [2, 2]),
  op('batchNorm2d', (x, m, v, o, s) => tf.batchNorm2d(x, m, v, o, s), [4, 3], [3], variance(3), [3], [3]),
  op(
    'batchNorm2d, a statistic for each element',
    (x, m, v, o, s) => tf.batchNorm2d(x, m, v, o, s),
    [2, 3],
    [2, 3],
    variance(2, 3),
    [2, 3],
    [2, 3],
  ),
  op(
    'batchNorm3d',
    (x, m, v, o, s) => tf.batchNorm3d(x, m, v, o, s, 0.1),
    [2, 2, 3],
    [3],
    variance(3),
    [3],
    [3],
  ),
  op(
    'batchNorm4d, a statistic for each element',
    (x, m, v, s) => tf.batchNorm4d(x, m, v, undefined, s),
    [1, 2, 2, 2],
    [1, 2, 2, 2],
    variance(1, 2, 2, 2),
    [1, 2, 2, 2],
  ),
  op('softmax', (x) => tf.softmax(x), [2, 4]),
  op('softmax, rank 3', (x) => tf.softmax(x), [2, 2, 3]),
  op('logSoftmax', (x) => tf.logSoftmax(x), [2, 4]),
  op('losses.absoluteDifference', (a, b) => tf.losses.absoluteDifference(a, tf.add(b, 4)), [2, 3], [2, 3]),
  op('losses.cosineDistance', (a, b) => tf.losses.cosineDistance(a, b, 1), [2, 3], [2, 3]),
  op('losses.hingeLoss', (b) => tf.losses.hingeLoss(tf.tensor2d([[1, 0, 1]]), b), within(0.2, 0.7, 1, 3)),
  op('losses.huberLoss', (a, b) => tf.losses.huberLoss(a, tf.add(b, 4)), [2, 3], [2, 3]),
  op('losses.logLoss', (a, b) => tf.losses.logLoss(a, b), within(0, 1, 2, 3), within(0.3, 0.7, 2, 3)),
  op(
    'losses.meanSquaredError',
    (a, b, w) => tf.losses.meanSquaredError(a, b, w),
    [2, 3],
    [2, 3],
    within(0.5, 1, 2, 1),
  ),
  op('losses.sigmoidCrossEntropy', (a, b) => tf.losses.sigmoidCrossEntropy(a, b), within(0, 1, 2, 3), [2, 3]),
  op(
    'losses.softmaxCrossEntropy',
    (b) =>
      tf.losses.softmaxCrossEntropy(
        tf.tensor2d([
          [0.2, 0.5, 0.3],
          [0, 0, 1],
        ]),
        b,
      ),
    [2, 3],
  ),
  op('dropout', (x) => tf.dropout(x, 0.5, undefined, 3), [2, 4]),
  op(
    'basicLSTMCell',
    (x, k, b, c, h) => tf.basicLSTMCell(1, k, b, x, c, h),
    [1, 2],
    [4, 8],
    [8],
    [1, 2],
    [1, 2],
  ),
];
