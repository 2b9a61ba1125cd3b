import '@tensorflow/tfjs-backend-wasm';
import { deviceConformance } from '@ds/tensor/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wasmMemory } from '../tfjs-internals.ts';
import { createTfjsDevice } from './tfjs-device.ts';
import { createWasmStorage } from './wasm-storage.ts';

/** The backend as it would be if its build hid the heap's memory. */
function withoutMemory(backend: tf.KernelBackend): tf.KernelBackend {
  const { wasm } = backend as unknown as { wasm: object };
  const hidden = new Proxy(wasm, {
    get: (target, name) => (name === 'asm' || name === 'wasmMemory' ? undefined : Reflect.get(target, name)),
  });
  return new Proxy(backend, {
    get: (target, name) => (name === 'wasm' ? hidden : Reflect.get(target, name)),
  });
}

describe('wasm without a memory to bind to', () => {
  let tensors = 0;
  beforeAll(async () => {
    await tf.setBackend('wasm');
    tensors = tf.memory().numTensors;
  });
  afterAll(() => {
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('is what is tested here', () => {
    expect(wasmMemory(tf.backend())).toBeDefined();
    expect(wasmMemory(withoutMemory(tf.backend()))).toBeUndefined();
  });

  const create = async () => createTfjsDevice(createWasmStorage(withoutMemory(tf.backend())));
  for (const { name, run } of deviceConformance(create, { lengths: [0, 1, 5, 5000] })) it(name, run);
});
