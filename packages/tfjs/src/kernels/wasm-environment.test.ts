import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { relaxedSimdAvailable } from '@ds/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { linear } from '../ops/linear.ts';
import { registerTrainingKernels } from './register-training-kernels.ts';
import { wasmEnvironment } from './wasm-environment.ts';

test('kernels and operations share the build that was asked for', async () => {
  await tf.setBackend('wasm');
  const first = wasmEnvironment(tf.backend());
  expect(wasmEnvironment(tf.backend(), relaxedSimdAvailable())).toBe(first);
  // Sums of products whose last bits tell how often they were rounded.
  const operands = [0, 1].map((seed) => tf.randomNormal<tf.Rank.R2>([64, 64], 0, 1, 'float32', seed));
  const [a, b] = operands as [tf.Tensor2D, tf.Tensor2D];
  const kernels = registerTrainingKernels('wasm', { relaxedSimd: false });
  const values = (run: () => tf.Tensor): number[] => [...tf.tidy(() => run().dataSync())];
  expect(values(() => linear(a, b))).toEqual(values(() => tf.matMul(a, b)));
  expect(wasmEnvironment(tf.backend())).toBe(wasmEnvironment(tf.backend(), false));
  kernels.dispose();
  // Scratch memory that was given back is taken again.
  expect(values(() => linear(a, b))).toHaveLength(64 * 64);
  tf.dispose(operands);
});

test('there is none on other backends', async () => {
  await tf.setBackend('cpu');
  expect(wasmEnvironment(tf.backend())).toBeUndefined();
});
