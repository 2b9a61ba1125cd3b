import * as tf from '@tensorflow/tfjs-core';
import type { Probe } from './probe.ts';
import { except, ints, op } from './probe.ts';

const onWebgpu = { webgpu: 'tfjs cannot make a tensor without elements' };

/** Tensors without elements. */
export const empty: readonly Probe[] = [
  op('add, nothing', (a, b) => tf.add(a, b), [0, 3], [3]),
  op('sum, nothing', (x) => tf.sum(x, 0), [0, 3]),
  op('matMul, no rows', (a, b) => tf.matMul(a, b), [0, 3], [3, 2]),
  op('matMul, no inner dimension', (a, b) => tf.matMul(a, b), [2, 0], [0, 3]),
  op('matMul, no batches', (a, b) => tf.matMul(a, b), [0, 2, 3], [3, 2]),
  op('einsum, nothing', (a, b) => tf.einsum('ij,jk->ik', a, b), [0, 3], [3, 2]),
  op('slice, nothing', (x) => tf.slice(x, [1], [0]), [3]),
  op('concat, nothing', (a, b) => tf.concat([a, b]), [0, 3], [2, 3]),
  op('tile, nothing', (x) => tf.tile(x, [2, 3]), [0, 2]),
  op('gather, no indices', (x) => tf.gather(x, ints([], 0)), [3, 2]),
  op('topk, none', (x) => tf.topk(x, 0).values, [3]),
  op('cumsum, nothing', (x) => tf.cumsum(x, 1), [2, 0]),
  op('cumprod, nothing', (x) => tf.cumprod(x, 1), [2, 0]),
  except(
    { wasm: "tfjs's own result is not set" },
    op('prod, nothing', (x) => tf.prod(x, 1), [2, 0]),
  ),
  op('conv2d, no images', (x, w) => tf.conv2d(x, w, 1, 'same'), [0, 3, 3, 2], [3, 3, 2, 2]),
  op('batchNorm, nothing', (x, m) => tf.batchNorm(x, m, [1, 1]), [0, 2], [2]),
].map((probe) => except({ ...probe.except, ...onWebgpu }, probe));
