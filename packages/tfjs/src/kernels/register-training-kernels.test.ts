import * as tf from '@tensorflow/tfjs-core';
import { InvalidStateError, UnavailableError } from '@ds/tensor';
import { afterEach, expect, test } from 'vitest';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerTrainingKernels } from './register-training-kernels.ts';

const missing = 'UnsortedSegmentSum';
const kernel = (name: string): unknown => tf.getKernel(name, 'wasm')?.kernelFunc;
const startWasm = tf.findBackendFactory('wasm');
const stock = kernel('BatchMatMul');

afterEach(() => registerTrainingKernels().dispose());

const product = (): number[] =>
  tf.tidy(() => [
    ...tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([1, 2, 3, 4], [2, 2])).dataSync(),
  ]);

test('replaces kernels once, and puts them back', async () => {
  await tf.setBackend('wasm');
  expect(kernel(missing)).toBeUndefined();
  const kernels = registerTrainingKernels();
  expect(kernels.names).toContain('BatchMatMul');
  const ours = kernel('BatchMatMul');
  expect(ours).not.toBe(stock);
  expect(registerTrainingKernels()).toBe(kernels);
  expect(kernel('BatchMatMul')).toBe(ours);
  expect(product()).toEqual([7, 10, 15, 22]);
  kernels.dispose();
  kernels.dispose();
  expect(kernel('BatchMatMul')).toBe(stock);
  expect(kernel(missing)).toBeUndefined();
  expect(product()).toEqual([7, 10, 15, 22]);
});

test('works before the backend starts, and when it is started again', async () => {
  await tf.setBackend('cpu');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', startWasm);
  const kernels = registerTrainingKernels();
  await tf.setBackend('wasm');
  expect(product()).toEqual([7, 10, 15, 22]);
  // Cases that go on to tfjs's kernel find it set up.
  expect(tf.tidy(() => tf.sum(tf.tensor1d([1, 2], 'int32')).dataSync()[0])).toBe(3);

  await tf.setBackend('cpu');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', startWasm);
  await tf.setBackend('wasm');
  expect(product()).toEqual([7, 10, 15, 22]);
  tf.removeBackend('wasm');
  // Its scratch memory went with the heap.
  kernels.dispose();
  tf.registerBackend('wasm', startWasm);
});

test('uses the build without relaxed SIMD when told to', async () => {
  await tf.setBackend('wasm');
  expect(registerTrainingKernels('wasm', { relaxedSimd: false }).relaxedSimd).toBe(false);
  expect(product()).toEqual([7, 10, 15, 22]);
});

test('refuses backends it is not for', async () => {
  expect(() => registerTrainingKernels('wams')).toThrow(InvalidStateError);
  expect(() => registerTrainingKernels('wams')).toThrow(/No kernels are registered for the backend "wams"/);
  await tf.setBackend('cpu');
  const attempt = (): unknown => registerTrainingKernels('cpu');
  expect(attempt).toThrow(UnavailableError);
  expect(attempt).toThrow('The backend "cpu" shows no WebAssembly memory');
  expect(tf.tidy(() => tf.tanh(0).dataSync()[0])).toBe(0);
});
