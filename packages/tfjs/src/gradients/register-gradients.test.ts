import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { UnavailableError } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { registerGradients } from './register-gradients.ts';

test('asks for tfjs-layers, whose import registers the gradients of tfjs', async () => {
  expect(() => registerGradients()).toThrow(UnavailableError);
  expect(tf.getGradient('Einsum')).toBeUndefined();
  await import('@tensorflow/tfjs-layers');
  registerGradients();
  expect(tf.getGradient('Einsum')).toBeDefined();
});

test('does nothing the second time', async () => {
  await import('@tensorflow/tfjs-layers');
  registerGradients();
  const gradients = ['BatchMatMul', 'Einsum', 'Conv2D'].map((name) => tf.getGradient(name));
  const kernels = ['BatchMatMul', 'FusedBatchNorm', 'Einsum'].map((name) => tf.getKernel(name, 'wasm'));
  registerGradients();
  expect(['BatchMatMul', 'Einsum', 'Conv2D'].map((name) => tf.getGradient(name))).toEqual(gradients);
  const again = ['BatchMatMul', 'FusedBatchNorm', 'Einsum'].map((name) => tf.getKernel(name, 'wasm'));
  for (const [index, kernel] of again.entries()) expect(kernel).toBe(kernels[index]);
});

test('a first layer sees gradients through what tfjs could not differentiate', async () => {
  await import('@tensorflow/tfjs-layers');
  registerGradients();
  await tf.setBackend('wasm');
  const model = (images: tf.Tensor4D, filter: tf.Tensor4D): tf.Scalar =>
    tf.sum(tf.square(tf.batchNorm(tf.conv2d(images, filter, 1, 'same', 'NHWC', 2), [0, 0], [1, 1])));
  const images = tf.randomNormal([2, 6, 6, 1], 0, 1, 'float32', 1) as tf.Tensor4D;
  const filter = tf.variable(tf.randomNormal([3, 3, 1, 2], 0, 1, 'float32', 2)) as tf.Variable<tf.Rank.R4>;
  const before = tf.memory().numTensors;
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) {
    const { value, grads } = tf.variableGrads(() => model(images, filter), [filter]);
    losses.push(value.dataSync()[0]!);
    const next = tf.tidy(() => tf.sub(filter, tf.mul(grads[filter.name]!, 1e-4)));
    filter.assign(next as tf.Tensor4D);
    tf.dispose([value, grads, next]);
    expect(tf.memory().numTensors).toBe(before);
  }
  expect(losses[2]).toBeLessThan(losses[1]!);
  expect(losses[1]).toBeLessThan(losses[0]!);
});
