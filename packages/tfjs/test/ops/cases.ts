import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { createRandom, sizeOf } from '@ds/tensor';
import { attention, selfAttention } from '../../src/ops/attention.ts';
import { embedding } from '../../src/ops/embedding.ts';
import { gelu } from '../../src/ops/gelu.ts';
import { layerNorm } from '../../src/ops/layer-norm.ts';
import { linear } from '../../src/ops/linear.ts';
import { rmsNorm } from '../../src/ops/rms-norm.ts';
import { softmaxCrossEntropy } from '../../src/ops/softmax-cross-entropy.ts';

/** A fused operation, the shapes of its float32 inputs, and what it does to them. */
export interface Case {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly run: (inputs: readonly Tensor[]) => Tensor;
}

/** Integers below `count`, some of them repeated. */
function indices(shape: readonly number[], count: number): Tensor {
  const random = createRandom(3);
  return tf.tensor(
    Int32Array.from({ length: sizeOf(shape) }, () => Math.floor(random.uniform() * count)),
    [...shape],
    'int32',
  );
}

/** Sizes that cases are made of; every operation must work for all of them. */
export interface Sizes {
  readonly batch: number;
  readonly time: number;
  readonly keys: number;
  readonly heads: number;
  readonly size: number;
  readonly outputs: number;
}

/** Every operation with every option, in these sizes. */
export function casesOf({ batch, time, keys, heads, size, outputs }: Sizes): Case[] {
  const width = heads * size;
  const x = [batch, time, width];
  const weights = [
    [width, outputs],
    [outputs, width],
  ];
  const head = [batch, heads, time, size];
  const other = [batch, heads, keys, size];
  return [
    { name: 'gelu', shapes: [x], run: ([a]) => gelu(a!) },
    ...(['linear', 'relu', 'gelu'] as const).flatMap((activation): Case[] =>
      [false, true].flatMap((transposeWeight) => {
        const weight = weights[Number(transposeWeight)]!;
        const options = { activation, transposeWeight };
        return [
          {
            name: `linear, ${activation}, transposeWeight ${String(transposeWeight)}`,
            shapes: [x, weight, [outputs]],
            run: ([a, w, b]) => linear(a!, w!, b, options),
          },
          {
            name: `linear without bias, ${activation}, transposeWeight ${String(transposeWeight)}`,
            shapes: [x, weight],
            run: ([a, w]) => linear(a!, w!, undefined, options),
          },
        ];
      }),
    ),
    {
      name: 'layerNorm',
      shapes: [x, [width], [width]],
      run: ([a, gain, bias]) => layerNorm(a!, gain!, bias!, { epsilon: 1e-3 }),
    },
    { name: 'rmsNorm', shapes: [x, [width]], run: ([a, gain]) => rmsNorm(a!, gain!, { epsilon: 1e-3 }) },
    ...(['mean', 'sum', 'none'] as const).map((reduction): Case => ({
      name: `softmaxCrossEntropy, ${reduction}`,
      shapes: [[batch, time, outputs]],
      run: ([logits]) => softmaxCrossEntropy(logits!, indices([batch, time], outputs), { reduction }),
    })),
    {
      name: 'embedding',
      shapes: [[outputs, width]],
      run: ([table]) => embedding(table!, indices([batch, time], outputs)),
    },
    { name: 'attention', shapes: [head, other, other], run: ([q, k, v]) => attention(q!, k!, v!) },
    {
      name: 'attention, causal, with a scale',
      shapes: [head, head, head],
      run: ([q, k, v]) => attention(q!, k!, v!, { causal: true, scale: 0.7 }),
    },
    ...[false, true].map((causal): Case => ({
      name: `selfAttention, causal ${String(causal)}`,
      shapes: [[batch, time, 3 * width]],
      run: ([projection]) => selfAttention(projection!, heads, { causal }),
    })),
  ];
}

/** Numbers for a case's inputs, and for the gradient of its output, the same in every run. */
export function numbers(shape: readonly number[], seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
}

/** Output and gradients of a case on the current backend; everything else is let go. */
export async function outputAndGradients(
  { shapes, run }: Case,
  values: readonly Float32Array[] = shapes.map((shape, index) => numbers(shape, index)),
): Promise<{ readonly shape: number[]; readonly arrays: Float32Array[] }> {
  const inputs = shapes.map((shape, index) => tf.tensor(values[index]!, [...shape]));
  const outputShape = tf.tidy(() => run(inputs).shape);
  const dy = tf.tensor(numbers(outputShape, 99), outputShape);
  const { value, grads } = tf.valueAndGrads((...operands: Tensor[]) => run(operands))(inputs, dy);
  const arrays = await Promise.all([value, ...grads].map((tensor) => tensor.data<'float32'>()));
  const result = { shape: value.shape, arrays: arrays.map((array) => array.slice()) };
  tf.dispose([inputs, dy, value, grads]);
  return result;
}

/** The largest distance between two arrays, relative to the size of the second one's numbers. */
export function distance(actual: Float32Array, expected: Float32Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0.3);
  return actual.reduce((most, value, index) => {
    const difference = Math.abs(value - expected[index]!);
    // NaN counts as far away.
    return difference <= most * scale ? most : difference / scale;
  }, 0);
}
