import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noWebgpu } from '../../test/backends.ts';
import type { Case, Sizes } from '../../test/ops/cases.ts';
import { casesOf, distance, numbers, outputAndGradients } from '../../test/ops/cases.ts';
import { peakBytes } from '../../test/peak-bytes.ts';
import { selectBackend } from '../backend/select-backend.ts';
import { functionModel } from '../models/function-model.ts';
import { wasmBuffer } from '../tfjs-internals.ts';
import { selfAttention } from './attention.ts';

// On cpu every operation is composed of tfjs's, whose gradients are tfjs's: an oracle for the kernels of the others.
const backends = ['cpu', 'wasm', ...(noWebgpu === undefined ? ['webgpu'] : [])];

const small: Sizes = { batch: 2, time: 5, keys: 7, heads: 2, size: 7, outputs: 11 };
const aligned: Sizes = { batch: 1, time: 16, keys: 24, heads: 2, size: 8, outputs: 16 };
const long: Sizes = { batch: 1, time: 150, keys: 70, heads: 2, size: 20, outputs: 130 };

async function onCpu(one: Case): ReturnType<typeof outputAndGradients> {
  const active = tf.getBackend();
  await tf.setBackend('cpu');
  try {
    return await outputAndGradients(one);
  } finally {
    await tf.setBackend(active);
  }
}

/** Sums of up to 450 products of numbers around 1 in another order: some tens of float32's 6e-8. */
const tolerance = 1e-5;

async function expectAsOnCpu(one: Case): Promise<void> {
  const expected = await onCpu(one);
  const actual = await outputAndGradients(one);
  expect(actual.shape, `${one.name}, shape`).toEqual(expected.shape);
  for (const [index, array] of actual.arrays.entries()) {
    const what = index === 0 ? 'output' : `gradient of input ${index - 1}`;
    expect(array.length, `${one.name}, ${what}`).toBe(expected.arrays[index]!.length);
    expect(distance(array, expected.arrays[index]!), `${one.name}, ${what}`).toBeLessThan(tolerance);
  }
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

  // On cpu they are the plain operations.
  if (backend !== 'cpu') {
    describe('output and gradients are those of plain operations', () => {
      it.each([...casesOf(small), ...casesOf(aligned), ...casesOf(long)])('$name, $shapes', expectAsOnCpu);

      it('in any sizes', async () => {
        const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
        const sizes = fc.record({
          batch: size(3),
          time: size(20),
          keys: size(20),
          heads: size(3),
          size: size(17),
          outputs: size(20),
        });
        const property = fc.asyncProperty(sizes, fc.nat(), async (drawn, pick) => {
          const cases = casesOf(drawn);
          await expectAsOnCpu(cases[pick % cases.length]!);
        });
        await fc.assert(property, { numRuns: backend === 'wasm' ? 150 : 25 });
      });
    });
  }

  it.each(casesOf(small))('gradients of $name equal central differences', async (one) => {
    const values = one.shapes.map((shape, index) => numbers(shape, index));
    const { arrays, shape } = await outputAndGradients(one, values);
    const dy = numbers(shape, 99);
    /** The sum of output times dy, in float64, where the inputs are moved along a direction. */
    const along = async (directions: readonly Float32Array[], step: number): Promise<number> => {
      const inputs = values.map((value, index) =>
        tf.tensor(
          value.map((x, i) => x + step * directions[index]![i]!),
          [...one.shapes[index]!],
        ),
      );
      const output = tf.tidy(() => one.run(inputs));
      const data = await output.data<'float32'>();
      tf.dispose([inputs, output]);
      return data.reduce((sum, value, index) => sum + value * dy[index]!, 0);
    };
    for (const input of values.keys()) {
      const directions = values.map((value, index) =>
        index === input ? numbers([value.length], 50 + index) : new Float32Array(value.length),
      );
      const slope = async (step: number): Promise<number> =>
        ((await along(directions, step)) - (await along(directions, -step))) / (2 * step);
      // Richardson: the error of step h is a h^2 + b h^4 + ... With relu a sum may pass its kink: small steps.
      const kinked = one.name.includes('relu');
      const step = kinked ? 2 ** -12 : 2 ** -7;
      const difference = (4 * (await slope(step / 2)) - (await slope(step))) / 3;
      const gradient = arrays[input + 1]!;
      const product = gradient.reduce((sum, value, index) => sum + value * directions[input]![index]!, 0);
      const terms = gradient.reduce(
        (sum, value, index) => sum + Math.abs(value * directions[input]![index]!),
        0,
      );
      // Rounding of the sums, 1e-7 of them, is divided by the step; a wrong gradient is off by the terms themselves.
      expect(Math.abs(product - difference), `input ${input}`).toBeLessThan(
        (kinked ? 1e-2 : 1e-3) * (1 + terms),
      );
    }
  });

  it.each(casesOf(small))('$name has the same gradients on our tape', async (one) => {
    const { arrays } = await outputAndGradients(one);
    const entries = one.shapes.map(
      (shape, index) =>
        [`x${index}`, tf.tidy(() => tf.variable(tf.tensor(numbers(shape, index), [...shape])))] as const,
    );
    const variables: Record<string, Variable> = Object.fromEntries(entries);
    const model = functionModel({ variables, forward: (given) => one.run(Object.values(given)) as Tensor });
    const output = model.forward(undefined);
    const dy = tf.tensor(numbers(output.shape, 99), output.shape);
    const found = new Map<string, Promise<Float32Array>>();
    model.backward(tf.sum(tf.mul(output, dy)), {
      onBlock: (_, gradients) => {
        for (const { name, gradient } of gradients) found.set(name, model.device.read(gradient));
      },
    });
    for (const [index] of one.shapes.entries()) {
      expect(distance(await found.get(`x${index}`)!, arrays[index + 1]!)).toBeLessThan(1e-6);
    }
    model.dispose();
    tf.dispose([dy, ...Object.values(variables)]);
  });

  if (backend !== 'cpu') {
    it('nothing grows while operations train', async () => {
      // tfjs's products take a quarter of a second each on a software GPU.
      const cases = casesOf(small).filter(
        ({ name }) =>
          backend === 'wasm' || !name.startsWith('linear') || name === 'linear, gelu, transposeWeight true',
      );
      const train = async (): Promise<void> => {
        for (const one of cases) await outputAndGradients(one);
      };
      for (let count = 0; count < 2; count++) await train();
      const { numTensors, numBytes, numDataBuffers } = tf.memory();
      // A heap that grows gets another buffer.
      const heap = (): unknown => (backend === 'wasm' ? wasmBuffer(tf.backend()) : undefined);
      const before = heap();
      for (let count = 0; count < (backend === 'wasm' ? 10 : 2); count++) await train();
      expect(tf.memory()).toMatchObject({ numTensors, numBytes, numDataBuffers });
      expect(heap()).toBe(before);
    });
  }
});

it.each(backends.filter((backend) => backend !== 'cpu'))(
  'memory of attention is linear in time on %s',
  async (backend) => {
    await selectBackend({ backend });
    const peak = (time: number): number =>
      tf.tidy(() => {
        const projection = tf.ones([1, time, 3 * 16]);
        const run = tf.valueAndGrad((x: Tensor) => tf.sum(selfAttention(x, 4, { causal: true })));
        return peakBytes(() => tf.dispose(Object.values(run(projection)))).buffers;
      });
    expect(peak(512)).toBeLessThan(2.01 * peak(256));
  },
);
