import * as tf from '@tensorflow/tfjs-core';
import type { Probe } from './probe.ts';
import { distinct, op, within } from './probe.ts';

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** The ways in which two shapes broadcast. */
function binary(name: string, run: Binary, low = -1.5, high = 1.5): readonly Probe[] {
  const input = (...shape: readonly number[]) => within(low, high, ...shape);
  return [
    op(name, run as never, input(2, 3), input(2, 3)),
    op(`${name}, row`, run as never, input(2, 3), input(3)),
    op(`${name}, column`, run as never, input(2, 1), input(2, 3)),
    op(`${name}, both ways`, run as never, input(2, 1, 3), input(4, 1)),
    op(`${name}, scalar`, run as never, input(), input(5)),
  ];
}

/** Operations of two tensors, element by element. */
export const arithmetic: readonly Probe[] = [
  ...binary('add', (a, b) => tf.add(a, b)),
  ...binary('sub', (a, b) => tf.sub(a, b)),
  ...binary('mul', (a, b) => tf.mul(a, b)),
  ...binary('div', (a, b) => tf.div(a, b), 0.8, 2),
  ...binary('divNoNan', (a, b) => tf.divNoNan(a, b), 0.8, 2),
  ...binary('pow', (a, b) => tf.pow(a, b), 0.8, 2),
  ...binary('squaredDifference', (a, b) => tf.squaredDifference(a, b)),
  ...binary('atan2', (a, b) => tf.atan2(a, b), 0.6, 2),
  // Quotients stay between 1 and 2.
  ...binary('mod', (a, b) => tf.mod(tf.add(a, 2), b), 1.3, 1.5),
  ...binary('floorDiv', (a, b) => tf.floorDiv(tf.add(a, 2), b), 1.3, 1.5),
  op('maximum', (a, b) => tf.maximum(a, tf.add(b, 0.2)), distinct(3, 4), distinct(4)),
  op('maximum, both ways', (a, b) => tf.maximum(a, tf.add(b, 0.2)), distinct(2, 1, 3), distinct(4, 1)),
  op('minimum', (a, b) => tf.minimum(a, tf.add(b, 0.2)), distinct(3, 4), distinct(3, 1)),
  op('minimum, scalar', (a, b) => tf.minimum(a, b), distinct(3), within(0.4, 0.4)),
  op('pow, square of negatives', (a) => tf.pow(a, 2), [2, 3]),
  op('pow, cube of negatives', (a) => tf.pow(a, tf.scalar(3)), [2, 3]),
  op('pow, inverse of negatives', (a) => tf.pow(a, -1), within(-2, -0.8, 4)),
  op('pow, zero', (a) => tf.pow(a, 0), [4]),
  op('pow, square of zero', (a) => tf.pow(a, 2), within(0, 0, 2)),
  op('pow, first power of zero', (a) => tf.pow(a, 1), within(0, 0, 2)),
  op('addN', (a, b, c) => tf.addN([a, b, c]), [2, 3], [2, 3], [2, 3]),
  op('addN, one tensor twice', (a, b) => tf.addN([a, b, a]), [2, 3], [2, 3]),
  op('mul, one tensor twice', (a) => tf.mul(a, a), [2, 3]),
  op('where', (a, b) => tf.where(tf.tensor1d([1, 0, 1], 'bool'), a, b), [3], [3]),
  op('where, broadcast', (a, b) => tf.where(tf.tensor2d([[1, 0, 1]], [1, 3], 'bool'), a, b), [2, 3], [2, 1]),
  op('where, condition depends on the input', (a) => tf.where(tf.greater(a, 0), a, tf.mul(a, 3)), [2, 3]),
  op('dot', (a, b) => tf.dot(a, b), [4], [4]),
  op('dot, matrix and vector', (a, b) => tf.dot(a, b), [3, 4], [4]),
  op('outerProduct', (a, b) => tf.outerProduct(a, b), [3], [4]),
];
