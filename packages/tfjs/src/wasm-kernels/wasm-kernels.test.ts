import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { registerGradients } from '../gradients/register-gradients.ts';

type Inputs = Readonly<Record<string, tf.Tensor>>;

beforeAll(async () => {
  registerGradients();
  await tf.setBackend('wasm');
});

/** Runs a kernel on tfjs's `cpu` backend and on `wasm`, on the same random numbers, and compares. */
async function expectSame(
  kernel: string,
  shapes: Readonly<Record<string, number[]>>,
  attributes: object,
): Promise<void> {
  const results: (readonly number[])[] = [];
  let shape: readonly number[] = [];
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const inputs: Inputs = Object.fromEntries(
      Object.entries(shapes).map(([name, size], seed) => [
        name,
        tf.randomNormal(size, 0, 1, 'float32', seed + 1),
      ]),
    );
    const result: tf.Tensor = tf.engine().runKernel(kernel, { ...inputs }, { ...attributes });
    results.push(Array.from(result.dataSync()));
    shape = result.shape;
    for (const tensor of [result, ...Object.values(inputs)]) tensor.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }
  const [expected, found] = results as [number[], number[]];
  expect(found).toHaveLength(expected.length);
  expect(tf.util.sizeFromShape([...shape])).toBe(found.length);
  // Sums of up to some thousand products, added in another order.
  const largest = Math.max(1, ...expected.map(Math.abs));
  const error = Math.max(0, ...found.map((value, index) => Math.abs(value - expected[index]!)));
  expect(error / largest).toBeLessThan(1e-5);
}

const size = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/** Convolutions that have at least one window. */
const convolutions = fc
  .record({
    batch: size(1, 3),
    height: size(1, 9),
    width: size(1, 9),
    channels: size(1, 5),
    outputs: size(1, 4),
    filter: fc.tuple(size(1, 4), size(1, 4)),
    strides: fc.tuple(size(1, 3), size(1, 3)),
    pad: fc.oneof(
      fc.constantFrom('same' as const, 'valid' as const),
      fc
        .tuple(size(0, 2), size(0, 2), size(0, 2), size(0, 2))
        .map(([top, bottom, left, right]): tf.backend_util.ExplicitPadding => [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]),
    ),
  })
  .filter(({ height, width, filter, pad }) => {
    const room = Array.isArray(pad) ? [pad[1], pad[2]].map(([before, behind]) => before + behind) : [0, 0];
    return pad === 'same' || (height + room[0]! >= filter[0] && width + room[1]! >= filter[1]);
  });

describe('against tfjs on cpu', () => {
  test('gradients of conv2d', () =>
    fc.assert(
      fc.asyncProperty(convolutions, async ({ batch, height, width, channels, outputs, ...rest }) => {
        const inputShape: [number, number, number, number] = [batch, height, width, channels];
        const filterShape: [number, number, number, number] = [...rest.filter, channels, outputs];
        const { strides, pad } = rest;
        const { outShape } = tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad);
        const attributes = { strides, pad, dataFormat: 'NHWC' };
        await expectSame(
          'Conv2DBackpropFilter',
          { x: inputShape, dy: outShape },
          { ...attributes, filterShape },
        );
        await expectSame(
          'Conv2DBackpropInput',
          { dy: outShape, filter: filterShape },
          { ...attributes, inputShape },
        );
      }),
      { numRuns: 150 },
    ));

  test('gradients of depthwiseConv2d', () =>
    fc.assert(
      fc.asyncProperty(convolutions, async ({ batch, height, width, channels, outputs, ...rest }) => {
        const inputShape: [number, number, number, number] = [batch, height, width, channels];
        const filterShape: [number, number, number, number] = [...rest.filter, channels, outputs];
        const { strides, pad } = rest;
        const { outShape } = tf.backend_util.computeConv2DInfo(
          inputShape,
          filterShape,
          strides,
          1,
          pad,
          undefined,
          true,
        );
        const attributes = { strides, pad, dilations: [1, 1] };
        await expectSame(
          'DepthwiseConv2dNativeBackpropFilter',
          { x: inputShape, dy: outShape },
          { ...attributes, filterShape },
        );
        await expectSame(
          'DepthwiseConv2dNativeBackpropInput',
          { dy: outShape, filter: filterShape },
          { ...attributes, inputShape },
        );
      }),
      { numRuns: 100 },
    ));

  test('pooling where all numbers are negative, and ties', async () => {
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend);
      const x = tf.tensor4d([-3, -1, -1, -2, -5, -4, -6, -7, -7], [1, 3, 3, 1]);
      const gradient = tf.grad((images) => tf.sum(tf.maxPool(images as tf.Tensor4D, 2, 1, 'valid')))(x);
      expect(Array.from(gradient.dataSync())).toEqual([0, 2, 0, 1, 0, 1, 0, 0, 0]);
    }
  });

  // More numbers under the windows than are laid out at a time.
  test('a convolution that is worked on in parts', async () => {
    const inputShape = [3, 60, 60, 8];
    const filterShape = [5, 5, 8, 2];
    const attributes = { strides: 1, pad: 'same', dataFormat: 'NHWC' };
    await expectSame(
      'Conv2DBackpropFilter',
      { x: inputShape, dy: [3, 60, 60, 2] },
      { ...attributes, filterShape },
    );
    await expectSame(
      'Conv2DBackpropInput',
      { dy: [3, 60, 60, 2], filter: filterShape },
      { ...attributes, inputShape },
    );
  });
});

test('images with channels first are refused', () => {
  const x = tf.zeros([1, 2, 3, 3]);
  expect(() =>
    tf
      .engine()
      .runKernel(
        'Conv2DBackpropFilter',
        { x, dy: x },
        { strides: 1, pad: 'same', dataFormat: 'NCHW', filterShape: [1, 1, 2, 2] },
      ),
  ).toThrow(InvalidArgumentError);
});

test('gather with batches refuses indices out of range, as without', async () => {
  await tf.setBackend('wasm');
  const x = tf.zeros([2, 3]);
  expect(() => tf.gather(x, tf.tensor2d([[0], [3]], [2, 1], 'int32'), 1, 1)).toThrow(
    'the index value 3 is not in [0, 2]',
  );
});
