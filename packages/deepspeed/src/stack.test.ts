import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import '../test/backends.ts';
import { stack, stackPairs } from './stack.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const summary = (tensor: tf.Tensor): unknown => [tensor.dtype, tensor.shape, [...tensor.dataSync()]];

describe('stack', () => {
  it('makes one tensor of numbers, arrays and tensors', () => {
    expect(summary(stack([1, 2.5, 3]))).toEqual(['float32', [3], [1, 2.5, 3]]);
    expect(
      summary(
        stack([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toEqual(['float32', [2, 2], [1, 2, 3, 4]]);
    expect(
      summary(
        stack([
          [[1], [2]],
          [[3], [4]],
        ]),
      ),
    ).toEqual(['float32', [2, 2, 1], [1, 2, 3, 4]]);
    expect(summary(stack([Float32Array.of(1, 2), Float32Array.of(3, 4)]))).toEqual([
      'float32',
      [2, 2],
      [1, 2, 3, 4],
    ]);
    expect(summary(stack([Float64Array.of(0.5), Float64Array.of(1)]))).toEqual(['float32', [2, 1], [0.5, 1]]);
    expect(summary(stack([Uint8Array.of(255), Uint8Array.of(1)]))).toEqual(['int32', [2, 1], [255, 1]]);
    expect(summary(stack([Int32Array.of(-1, 2)]))).toEqual(['int32', [1, 2], [-1, 2]]);
    const rows = [tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3, 4], 'int32')];
    expect(summary(stack(rows))).toEqual(['int32', [2, 2], [1, 2, 3, 4]]);
    expect(rows.some((row) => row.isDisposed)).toBe(false);
  });

  it('explains what it cannot stack', () => {
    expect(() => stack([1, [2]])).toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: Examples cannot be stacked: the first is a number, number 1 is an array of shape [1]. Give a "collate" of your own that makes a batch of them.]`,
    );
    expect(() => stack([[1, 2], [3]])).toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: Examples cannot be stacked: the first is an array of shape [2], number 1 is an array of shape [1]. Give a "collate" of your own that makes a batch of them.]`,
    );
    expect(() => stack([[[1], [2, 3]]])).toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: Examples cannot be stacked: where the first has the shape [2, 1], one has an array of shape [2] at depth 1. Give a "collate" of your own that makes a batch of them.]`,
    );
    expect(() => stack([tf.tensor1d([1]), tf.tensor1d([1, 2])])).toThrow('number 1 is a tensor of shape [2]');
    expect(() => stack([{ text: 'a' }])).toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: Examples must be numbers, arrays of numbers or tensors to be stacked; the first is an object. Give a "collate" of your own that makes a batch of them.]`,
    );
  });
});

describe('stackPairs', () => {
  it('makes a pair of tensors of pairs and of { xs, ys }', () => {
    const expected = [
      ['float32', [2, 2], [1, 2, 3, 4]],
      ['float32', [2], [0, 1]],
    ];
    expect(
      stackPairs([
        [[1, 2], 0],
        [[3, 4], 1],
      ]).map(summary),
    ).toEqual(expected);
    expect(
      stackPairs([
        { xs: [1, 2], ys: 0 },
        { xs: [3, 4], ys: 1 },
      ]).map(summary),
    ).toEqual(expected);
  });

  it('explains examples of another form', () => {
    expect(() => stackPairs([[1, 2, 3]])).toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: With a loss, an example must be [input, target] or { xs, ys }; number 0 is an array of shape [3]. Give a "collate" that makes batches of yours.]`,
    );
  });
});
