import * as tf from '@tensorflow/tfjs-core';
import type { Probe } from './probe.ts';
import { distinct, except, ints, op, pairs, within } from './probe.ts';

/** Operations that pick elements by number or by order, or put them somewhere. */
export const gathering: readonly Probe[] = [
  op('gather', (x) => tf.gather(x, ints([2, 0, 2, 1], 4)), [3, 2]),
  op('gather, vector', (x) => tf.gather(x, ints([2, 0, 2], 3)), [3]),
  op('gather, matrix of indices', (x) => tf.gather(x, ints([2, 0, 2, 1], 2, 2)), [3, 2]),
  op('gather, columns', (x) => tf.gather(x, ints([1, 1, 0], 3), 1), [2, 3]),
  op('gather, columns, matrix of indices', (x) => tf.gather(x, ints([1, 1, 0, 2], 2, 2), 1), [2, 3, 2]),
  op('gather, last axis', (x) => tf.gather(x, ints([1, 0], 2), -1), [2, 2, 3]),
  op('gather, one batch dimension', (x) => tf.gather(x, ints([1, 1, 0, 0, 2, 1], 2, 3), 1, 1), [2, 3]),
  op(
    'gather, one batch dimension and rows',
    (x) => tf.gather(x, ints([1, 2, 0, 2, 2, 1, 1, 0], 2, 4), 1, 1),
    [2, 3, 2],
  ),
  op(
    'gather, one batch dimension, later axis',
    (x) => tf.gather(x, ints([1, 1, 0, 1], 2, 2), 2, 1),
    [2, 3, 2],
  ),
  op('gather, two batch dimensions', (x) => tf.gather(x, ints([1, 1, 0, 2], 1, 2, 2), 2, 2), [1, 2, 3]),
  op('gather, indices from the input', (x) => tf.gather(x, tf.cast(tf.argMax(x), 'int32')), distinct(4)),
  op('gather, indices from topk', (x) => tf.gather(x, tf.topk(x, 2).indices), distinct(4)),
  op('gather, indices from a cast', (x) => tf.gather(x, tf.cast(x, 'int32')), within(1.2, 2.8, 4)),
  op('gatherND, rows', (x) => tf.gatherND(x, ints([2, 0, 2], 3, 1)), [3, 2]),
  op('gatherND, elements', (x) => tf.gatherND(x, ints([2, 1, 0, 0, 2, 1], 3, 2)), [3, 2]),
  op('gatherND, indices of rank 3', (x) => tf.gatherND(x, ints([2, 1, 0, 0, 2, 1, 1, 1], 2, 2, 2)), [3, 2]),
  op('gatherND, inner rows', (x) => tf.gatherND(x, ints([1, 0, 1, 1], 2, 2)), [2, 2, 3]),
  op('scatterND, rows', (x) => tf.scatterND(ints([3, 0], 2, 1), x, [4, 2]), [2, 2]),
  op('scatterND, repeated', (x) => tf.scatterND(ints([1, 1, 0], 3, 1), x, [3]), [3]),
  op('scatterND, elements', (x) => tf.scatterND(ints([1, 0, 2, 1], 2, 2), x, [3, 2]), [2]),
  op(
    'tensorScatterUpdate',
    (x, updates) => tf.tensorScatterUpdate(x, ints([3, 0], 2, 1), updates),
    [4, 2],
    [2, 2],
  ),
  op(
    'tensorScatterUpdate, elements',
    (x, updates) => tf.tensorScatterUpdate(x, ints([1, 0, 2, 1], 2, 2), updates),
    [3, 2],
    [2],
  ),
  op('sparseToDense', (x, other) => tf.sparseToDense(ints([1, 3], 2), x, [5], other), [2], []),
  op(
    'sparseToDense, matrix',
    (x, other) => tf.sparseToDense(ints([0, 1, 2, 0], 2, 2), x, [3, 2], other),
    [2],
    [],
  ),
  except(
    { webgpu: 'tfjs has no kernel' },
    op(
      'sparse.sparseFillEmptyRows',
      (x, other) => tf.sparse.sparseFillEmptyRows(pairs(0, 1, 2, 0, 2, 1), x, [4, 2], other).outputValues!,
      [3],
      [],
    ),
  ),
  op('bincount', (w) => tf.bincount(ints([2, 0, 2, 5], 4), w, 4), [4]),
  op('denseBincount', (w) => tf.denseBincount(ints([2, 0, 2, 5], 4), w, 4), [4]),
  op('denseBincount, rows', (w) => tf.denseBincount(ints([2, 0, 2, 1, 1, 5], 2, 3), w, 3), [2, 3]),
  except(
    { webgpu: "tfjs's own result is wrong: it adds up the weights" },
    op('denseBincount, binary', (w) => tf.denseBincount(ints([2, 0, 2, 1, 1, 5], 2, 3), w, 3, true), [2, 3]),
  ),
  op('topk', (x) => tf.topk(x, 2).values, distinct(5)),
  op('topk, rows', (x) => tf.topk(x, 3).values, distinct(2, 4)),
  op('topk, all', (x) => tf.topk(x, 3).values, distinct(2, 2, 3)),
  op('argMax, a mask', (x) => tf.mul(x, tf.cast(tf.argMax(x), 'float32')), distinct(4)),
  op('argMin, a mask', (x) => tf.mul(x, tf.cast(tf.argMin(x), 'float32')), distinct(4)),
  op('oneHot, of an argMax', (x) => tf.mul(x, tf.cast(tf.oneHot(tf.argMax(x), 4), 'float32')), distinct(4)),
];
