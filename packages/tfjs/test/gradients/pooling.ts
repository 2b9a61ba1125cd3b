import * as tf from '@tensorflow/tfjs-core';
import type { Probe } from './probe.ts';
import { around, distinct, except, ints, op } from './probe.ts';

/** Transforms that put no pixel halfway between others. */
const slanted = [[0.93, 0.21, 0.34, -0.12, 1.13, 0.26, 0, 0]];
const tilted = [[1.3, 0.21, -1.14, -0.12, 1.43, -1.23, 0.01, 0]];

/** Pooling, dilation, resizing: what happens to images besides convolution. */
export const pooling: readonly Probe[] = [
  op('maxPool', (x) => tf.maxPool(x, 2, 2, 'valid'), distinct(1, 4, 4, 2)),
  op('maxPool, overlapping, same', (x) => tf.maxPool(x, 3, 2, 'same'), distinct(2, 5, 4, 1)),
  op('maxPool, padding 1', (x) => tf.maxPool(x, 3, 1, 1), distinct(1, 3, 4, 1)),
  op('maxPool, explicit padding', (x) => tf.maxPool(x, 2, 1, around(1, 0, 0, 1)), distinct(1, 3, 3, 2)),
  op('maxPool, rounded', (x) => tf.maxPool(x, 2, 2, 0, 'floor'), distinct(1, 5, 5, 1)),
  op('avgPool', (x) => tf.avgPool(x, 2, 2, 'valid'), [1, 4, 4, 2]),
  op('avgPool, overlapping', (x) => tf.avgPool(x, [3, 2], 1, 'valid'), [1, 4, 4, 1]),
  op('avgPool, same', (x) => tf.avgPool(x, 3, 2, 'same'), [2, 5, 4, 1]),
  op('avgPool, same, stride 1', (x) => tf.avgPool(x, 3, 1, 'same'), [1, 3, 4, 2]),
  op('avgPool, padding 1', (x) => tf.avgPool(x, 3, 1, 1), [1, 3, 4, 1]),
  op('avgPool, one image', (x) => tf.avgPool(x, 2, 1, 'same'), [3, 3, 1]),
  op('pool, max, dilated', (x) => tf.pool(x, [2, 2], 'max', 'valid', [2, 2], 1), distinct(1, 4, 5, 1)),
  op('pool, average, dilated', (x) => tf.pool(x, [2, 2], 'avg', 'valid', [2, 2], 1), [1, 4, 5, 1]),
  op('maxPool3d', (x) => tf.maxPool3d(x, 2, 2, 'valid'), distinct(1, 2, 4, 2, 2)),
  op('maxPool3d, same', (x) => tf.maxPool3d(x, 2, 1, 'same'), distinct(1, 2, 3, 2, 1)),
  op('avgPool3d', (x) => tf.avgPool3d(x, 2, 2, 'valid'), [1, 2, 4, 2, 2]),
  op('avgPool3d, same', (x) => tf.avgPool3d(x, 2, 1, 'same'), [1, 2, 3, 2, 1]),
  op('avgPool3d, same, stride 2', (x) => tf.avgPool3d(x, 3, 2, 'same'), [1, 3, 3, 4, 1]),
  op('maxPoolWithArgmax', (x) => tf.maxPoolWithArgmax(x, 2, 2, 'valid').result!, distinct(1, 4, 4, 1)),
  op('dilation2d', (x, w) => tf.dilation2d(x, w, 1, 'valid'), distinct(1, 3, 4, 1), [2, 2, 1]),
  op(
    'dilation2d, same, dilated',
    (x, w) => tf.dilation2d(x, w, 1, 'same', [2, 2]),
    distinct(1, 3, 4, 2),
    [2, 2, 2],
  ),
  op('localResponseNormalization', (x) => tf.localResponseNormalization(x, 1, 1, 0.5, 0.75), [1, 2, 2, 4]),
  op('localResponseNormalization, defaults', (x) => tf.localResponseNormalization(x), [2, 2, 3]),
  op('image.resizeBilinear, larger', (x) => tf.image.resizeBilinear(x, [5, 4]), [1, 3, 2, 2]),
  op('image.resizeBilinear, smaller', (x) => tf.image.resizeBilinear(x, [2, 3]), [2, 4, 4, 1]),
  op('image.resizeBilinear, aligned corners', (x) => tf.image.resizeBilinear(x, [5, 4], true), [1, 3, 2, 2]),
  op(
    'image.resizeBilinear, half pixel centers',
    (x) => tf.image.resizeBilinear(x, [5, 4], false, true),
    [1, 3, 2, 1],
  ),
  op(
    'image.resizeBilinear, half pixel centers, smaller',
    (x) => tf.image.resizeBilinear(x, [2, 3], false, true),
    [1, 5, 4, 1],
  ),
  op('image.resizeBilinear, to one pixel', (x) => tf.image.resizeBilinear(x, [1, 1]), [3, 2, 2]),
  op('image.resizeNearestNeighbor, larger', (x) => tf.image.resizeNearestNeighbor(x, [5, 4]), [1, 3, 2, 2]),
  op('image.resizeNearestNeighbor, smaller', (x) => tf.image.resizeNearestNeighbor(x, [2, 3]), [2, 4, 4, 1]),
  op(
    'image.resizeNearestNeighbor, aligned corners',
    (x) => tf.image.resizeNearestNeighbor(x, [5, 4], true),
    [1, 3, 2, 1],
  ),
  op(
    'image.resizeNearestNeighbor, half pixel centers',
    (x) => tf.image.resizeNearestNeighbor(x, [5, 3], false, true),
    [1, 3, 2, 1],
  ),
  op(
    'image.cropAndResize',
    (x) =>
      tf.image.cropAndResize(
        x,
        tf.tensor2d([
          [0.1, 0.2, 0.8, 0.9],
          [0, 0, 1, 1],
        ]),
        [0, 1] as never,
        [3, 2],
      ),
    [2, 4, 4, 2],
  ),
  op(
    'image.cropAndResize, over the edges',
    (x) =>
      tf.image.cropAndResize(x, tf.tensor2d([[-0.2, 0.3, 1.1, 0.8]]), ints([0], 1), [4, 1], 'bilinear', 0.5),
    [1, 4, 3, 2],
  ),
  op(
    'image.cropAndResize, nearest',
    (x) => tf.image.cropAndResize(x, tf.tensor2d([[0.1, 0.2, 0.8, 0.9]]), [0] as never, [3, 2], 'nearest'),
    [1, 4, 4, 1],
  ),
  op('image.flipLeftRight', (x) => tf.image.flipLeftRight(x), [1, 2, 3, 2]),
  op('image.rotateWithOffset', (x) => tf.image.rotateWithOffset(x, 0.4, 0), [1, 4, 4, 2]),
  op('image.transform', (x) => tf.image.transform(x, tf.tensor2d(slanted)), [1, 4, 4, 2]),
  op(
    'image.transform, bilinear',
    (x) => tf.image.transform(x, tf.tensor2d(slanted), 'bilinear'),
    [1, 4, 4, 1],
  ),
  ...(['wrap', 'nearest'] as const).map((fill) =>
    op(
      `image.transform, bilinear, ${fill}`,
      (x) => tf.image.transform(x, tf.tensor2d(tilted), 'bilinear', fill),
      [1, 4, 3, 2],
    ),
  ),
  except(
    { wasm: "tfjs's own result is wrong: it compares a negative number with an unsigned one" },
    op(
      'image.transform, bilinear, reflect',
      (x) => tf.image.transform(x, tf.tensor2d(tilted), 'bilinear', 'reflect'),
      [1, 4, 3, 2],
    ),
  ),
  op(
    'image.transform, smaller',
    (x) => tf.image.transform(x, tf.tensor2d(slanted), 'nearest', 'nearest', 0, [2, 3]),
    [1, 4, 4, 1],
  ),
  op('image.grayscaleToRGB', (x) => tf.image.grayscaleToRGB(x), [2, 2, 1]),
  op('image.rgbToGrayscale', (x) => tf.image.rgbToGrayscale(x), [2, 2, 3]),
];
