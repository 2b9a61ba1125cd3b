import '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noWebgpu } from '../../test/backends.ts';
import { casesOf, numbers, outputAndGradients } from '../../test/ops/cases.ts';
import { selectBackend } from '../backend/select-backend.ts';
import { attention, selfAttention } from './attention.ts';
import { embedding } from './embedding.ts';
import { gelu } from './gelu.ts';
import { layerNorm } from './layer-norm.ts';
import { linear } from './linear.ts';
import { rmsNorm } from './rms-norm.ts';
import { softmaxCrossEntropy } from './softmax-cross-entropy.ts';

const backends = ['cpu', 'wasm', ...(noWebgpu === undefined ? ['webgpu'] : [])];

const sizes = { batch: 2, time: 4, keys: 3, heads: 2, size: 5, outputs: 6 };

async function read(run: () => Tensor): Promise<number[]> {
  const result = tf.tidy(run);
  const values = [...(await result.data())];
  result.dispose();
  return values;
}

describe.each(backends)('on %s', (backend) => {
  let tensors = 0;
  beforeAll(async () => {
    await selectBackend({ backend });
    tensors = tf.memory().numTensors;
  });
  afterAll(() => {
    expect(tf.memory().numTensors).toBe(tensors);
  });

  describe.each(['batch', 'time', 'keys', 'size'] as const)('with nothing in dimension %s', (dimension) => {
    const cases = casesOf({ ...sizes, [dimension]: 0 }).filter(({ name }) => {
      // These have no such dimension.
      if (dimension === 'keys') return name === 'attention';
      return dimension !== 'size' || !name.startsWith('softmaxCrossEntropy');
    });
    it.each(cases)('$name has the shape it should, and gradients of zeros', async (one) => {
      const { shape, arrays } = await outputAndGradients(one);
      const expected = tf.tidy(
        () => one.run(one.shapes.map((dimensions) => tf.zeros([...dimensions]))).shape,
      );
      expect(shape).toEqual(expected);
      for (const [index, gradient] of arrays.slice(1).entries()) {
        expect(gradient.length).toBe(one.shapes[index]!.reduce((product, size) => product * size, 1));
        // Only a bias has an effect still.
        const isBias = dimension === 'size' && gradient.length === sizes.outputs;
        expect(isBias || gradient.every((value) => value === 0)).toBe(true);
      }
    });
  });

  it('a product over nothing is the bias', async () => {
    const run = (): Tensor =>
      linear(tf.zeros([2, 0]), tf.zeros([0, 3]), tf.tensor1d([1, -2, 3]), { activation: 'relu' });
    expect(await read(run)).toEqual([1, 0, 3, 1, 0, 3]);
  });

  it('attention to no keys is zeros', async () => {
    const none = (): Tensor => tf.zeros([1, 1, 0, 2]);
    expect(await read(() => attention(tf.ones([1, 1, 2, 2]), none(), none()))).toEqual([0, 0, 0, 0]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%d flows through',
    async (special) => {
      const x = (): Tensor => tf.tensor2d([1, special, 3, 4, 5, 6], [2, 3]);
      const finite = (values: readonly number[]): boolean[] => values.map((value) => Number.isFinite(value));
      const spoiltRow = [false, false, false, true, true, true];
      expect(finite(await read(() => layerNorm(x(), tf.ones([3]), tf.zeros([3]))))).toEqual(spoiltRow);
      expect(finite(await read(() => linear(x(), tf.ones([3, 3]))))).toEqual(spoiltRow);
      expect(finite(await read(() => gelu(x())))).toEqual([true, false, true, true, true, true]);
      const labels = (): Tensor => tf.tensor1d([0, 2], 'int32');
      const losses = await read(() => softmaxCrossEntropy(x(), labels(), { reduction: 'none' }));
      // A class that is ruled out is no obstacle.
      expect(finite(losses)).toEqual([special === Number.NEGATIVE_INFINITY, true]);
      const rms = await read(() => rmsNorm(x(), tf.ones([3])));
      expect(Number.isNaN(rms[1])).toBe(true);
      expect(finite(rms.slice(3))).toEqual([true, true, true]);
    },
  );

  it('NaN in a key reaches the queries that see it, and none long before', async () => {
    const values = numbers([1, 20, 12], 1);
    // Keys are in the second third.
    values[15 * 12 + 5] = Number.NaN;
    const out = await read(() => selfAttention(tf.tensor(values, [1, 20, 12]), 1, { causal: true }));
    expect(out.slice(15 * 4).every(Number.isNaN)).toBe(true);
    expect(out.slice(0, 12 * 4).every(Number.isFinite)).toBe(true);
  });

  it('large logits and scores do not overflow', async () => {
    const label = (): Tensor => tf.tensor1d([1], 'int32');
    expect(await read(() => softmaxCrossEntropy(tf.tensor2d([[1000, 0]]), label()))).toEqual([1000]);
    const [loss] = await read(() => softmaxCrossEntropy(tf.tensor2d([[-1000, 1000]]), label()));
    expect(loss).toBeCloseTo(0, 6);
    const run = (): Tensor =>
      attention(
        tf.tensor4d([300, 0], [1, 1, 1, 2]),
        tf.tensor4d([300, 0, -300, 0], [1, 1, 2, 2]),
        tf.tensor4d([1, 2, 3, 4], [1, 1, 2, 2]),
      );
    expect(await read(run)).toEqual([1, 2]);
    expect(await read(() => gelu(tf.tensor1d([100, -100, 1e30])))).toEqual([100, -0, Math.fround(1e30)]);
  });

  it('what a query does not see has no effect', async () => {
    const values = numbers([1, 70, 24], 1);
    const changed = values.map((value, index) => (index < 40 * 24 ? value : value + 1));
    const run = (data: Float32Array): Promise<number[]> =>
      read(() => selfAttention(tf.tensor(data, [1, 70, 24]), 2, { causal: true }));
    const [before, after] = [await run(values), await run(changed)];
    expect(after.slice(0, 40 * 8)).toEqual(before.slice(0, 40 * 8));
    expect(after.slice(40 * 8)).not.toEqual(before.slice(40 * 8));
  });
});

describe.each([-1, 3])('label and id %d of 3', (bad) => {
  const ids = (): Tensor => tf.tensor1d([0, bad], 'int32');
  const loss = (): Promise<number[]> =>
    read(() => softmaxCrossEntropy(tf.zeros([2, 3]), ids(), { reduction: 'none' }));
  const lookup = (): Promise<number[]> => read(() => embedding(tf.ones([3, 2]), ids()));

  it.each(['cpu', 'wasm'])('are errors on %s', async (backend) => {
    await tf.setBackend(backend);
    await expect(loss).rejects.toThrow(
      `Error in softmaxCrossEntropy: labels must be from 0 to 2, for logits [2, 3]; element 1 is ${bad}.`,
    );
    await expect(lookup).rejects.toThrow(
      `Error in embedding: ids must be from 0 to 2, for table [3, 2]; element 1 is ${bad}.`,
    );
  });

  it.runIf(noWebgpu === undefined)('show in the result on webgpu', async () => {
    await tf.setBackend('webgpu');
    const [good, none] = await loss();
    expect(good).toBeCloseTo(Math.log(3), 5);
    expect(none).toBeNaN();
    expect(await lookup()).toEqual([1, 1, 0, 0]);
  });
});

describe('wrong arguments', () => {
  const ints = (): Tensor => tf.ones([2, 3], 'int32');
  const ones = (...shape: number[]): Tensor => tf.ones(shape);
  const wrong: readonly [string, () => Tensor, RegExp][] = [
    [
      'gelu of integers',
      () => gelu(ints()),
      /^Error in gelu: x must be float32, got int32\. Convert it with tf\.cast/,
    ],
    [
      'linear of integers',
      () => linear(ones(2, 3), ints()),
      /^Error in linear: weight must be float32, got int32/,
    ],
    ['linear of a scalar', () => linear(tf.scalar(1), ones(3, 2)), /x must have at least one axis/],
    [
      'a weight that is no matrix',
      () => linear(ones(3), ones(3)),
      /weight must be a matrix, got shape \[3\]/,
    ],
    [
      'a transposed weight',
      () => linear(ones(2, 3), ones(4, 3)),
      /inner sizes \(3\) and \(4\) of x \[2, 3\] and weight \[4, 3\].*Should transposeWeight be true\?/,
    ],
    ['inner sizes', () => linear(ones(2, 3), ones(4, 5)), /inner sizes \(3\) and \(4\).*must match\.$/],
    ['a bias', () => linear(ones(2, 3), ones(3, 4), ones(3)), /bias must have shape \[4\].*got \[3\]/],
    [
      'an activation',
      () => linear(ones(2, 3), ones(3, 4), undefined, { activation: 'tanh' as 'relu' }),
      /activation must be "linear", "relu" or "gelu", got "tanh"/,
    ],
    [
      'a gain',
      () => layerNorm(ones(2, 3), ones(2), ones(3)),
      /Error in layerNorm: gain must have shape \[3\], for x \[2, 3\]; got \[2\]/,
    ],
    ['a gain', () => rmsNorm(ones(2, 3), ones(1, 3)), /Error in rmsNorm: gain must have shape \[3\]/],
    [
      'epsilon',
      () => rmsNorm(ones(2, 3), ones(3), { epsilon: -1 }),
      /epsilon must be a number, 0 or more; got -1/,
    ],
    ['a scalar', () => rmsNorm(tf.scalar(1), ones(1)), /Error in rmsNorm: x must have at least one axis/],
    [
      'labels in the wrong shape',
      () => softmaxCrossEntropy(ones(2, 3), tf.zeros([3], 'int32')),
      /labels must have shape \[2\], one for each row of logits \[2, 3\]; got \[3\]/,
    ],
    ['labels as floats', () => softmaxCrossEntropy(ones(2, 3), ones(2)), /labels must be int32, got float32/],
    [
      'logits without classes',
      () => softmaxCrossEntropy(tf.scalar(1), tf.scalar(0, 'int32')),
      /at least one axis/,
    ],
    [
      'a reduction',
      () => softmaxCrossEntropy(ones(2, 3), tf.zeros([2], 'int32'), { reduction: 'max' as 'sum' }),
      /reduction must be "mean", "sum" or "none", got "max"/,
    ],
    [
      'a table',
      () => embedding(ones(3), tf.zeros([2], 'int32')),
      /table must have shape \[rows, width\], got \[3\]/,
    ],
    ['ids as floats', () => embedding(ones(3, 2), ones(2)), /ids must be int32, got float32/],
    [
      'a query',
      () => attention(ones(2, 3), ones(2, 3), ones(2, 3)),
      /query must have shape \[batch, heads, time, size\]/,
    ],
    [
      'a key',
      () => attention(ones(1, 2, 3, 4), ones(1, 2, 3, 5), ones(1, 2, 3, 5)),
      /key and value must both have shape \[1, 2, keys, 4\].*got \[1, 2, 3, 5\] and \[1, 2, 3, 5\]/,
    ],
    [
      'a value',
      () => attention(ones(1, 2, 3, 4), ones(1, 2, 3, 4), ones(1, 2, 5, 4)),
      /key and value must both/,
    ],
    [
      'causal attention to something else',
      () => attention(ones(1, 2, 3, 4), ones(1, 2, 5, 4), ones(1, 2, 5, 4), { causal: true }),
      /with causal, there must be as many keys as queries; got 5 and 3/,
    ],
    [
      'a scale',
      () => attention(ones(1, 2, 3, 4), ones(1, 2, 3, 4), ones(1, 2, 3, 4), { scale: 0 }),
      /scale must be a positive number, got 0/,
    ],
    ['heads', () => selfAttention(ones(1, 2, 12), 0), /heads must be a whole number, 1 or more; got 0/],
    [
      'a projection',
      () => selfAttention(ones(1, 2, 12), 3),
      /projection must have shape \[batch, time, 3 \* width\], with a width that 3 heads divide; got \[1, 2, 12\]/,
    ],
    ['a projection', () => selfAttention(ones(2, 12), 2), /projection must have shape/],
  ];
  it.each(wrong)('%s: an error that says what to do', async (_, run, message) => {
    await tf.setBackend('cpu');
    expect(() => tf.tidy(run)).toThrow(message);
    expect(() => tf.tidy(run)).toThrow(InvalidArgumentError);
  });
});
