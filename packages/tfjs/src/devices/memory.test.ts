import { adamWRule, adamWScalars } from '@ds/tensor/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test/backends.ts';
import { createDevice } from './create-device.ts';

/** Bytes that the backend holds, where it can tell. */
function backendBytes(backend: string): number {
  if (backend === 'webgpu')
    return (tf.memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU;
  const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  return wasm?.HEAPU8.byteLength ?? 0;
}

for (const { name, backend, skip, create } of subjects) {
  describe.skipIf(skip)(`memory on ${name}`, () => {
    beforeAll(async () => {
      await tf.setBackend(backend);
    });
    it('is flat over steps, and all given back', async () => {
      const before = tf.memory();
      const device = create();
      const length = 10_000;
      const initial = tf.zeros([length]);
      const variable = tf.variable(initial);
      initial.dispose();
      const state = { exp_avg: device.alloc(length), exp_avg_sq: device.alloc(length) };
      const norm = device.alloc(1);
      const step = device.compile(adamWRule);
      const turn = async (count: number): Promise<void> => {
        const gradient = tf.randomNormal([length]);
        const scratch = device.alloc(length);
        device.copy(scratch, device.adopt(gradient));
        device.copy(scratch, scratch, { from: 0, to: 5000, length: 5000 });
        step.run({ parameter: device.adopt(variable), gradient: scratch, ...state }, adamWScalars(count));
        device.writeSumOfSquares(norm, scratch, length);
        device.multiply({
          target: scratch,
          a: device.adopt(variable),
          b: scratch,
          rows: 100,
          inner: 4,
          columns: 100,
        });
        await device.sumOfSquares(scratch);
        await device.read(norm);
        device.free(scratch);
        gradient.dispose();
      };
      for (let count = 1; count <= 3; count++) await turn(count);
      const running = { ...tf.memory(), own: device.memory(), backend: backendBytes(backend) };
      for (let count = 4; count <= 12; count++) await turn(count);
      expect({ ...tf.memory(), own: device.memory(), backend: backendBytes(backend) }).toEqual(running);
      expect(running.own).toEqual({ slabs: 3, bytes: 4 * (2 * length + 1) });
      for (const slab of [state.exp_avg, state.exp_avg_sq, norm]) device.free(slab);
      variable.dispose();
      const { numTensors, numDataBuffers, numBytes } = before;
      expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
    });
  });
}

describe('the wasm heap', () => {
  it('may grow at any moment', async () => {
    await tf.setBackend('wasm');
    const device = createDevice();
    const slab = device.alloc(4);
    device.write(slab, Float32Array.of(1, 2, 3, 4));
    const step = device.compile(adamWRule);
    const before = backendBytes('wasm');
    const large = tf.zeros([8 * 2 ** 20]);
    const larger = device.alloc(8 * 2 ** 20);
    expect(backendBytes('wasm')).toBeGreaterThan(before);
    expect([...(await device.read(slab))]).toEqual([1, 2, 3, 4]);
    const others = { exp_avg: device.alloc(4), exp_avg_sq: device.alloc(4), gradient: device.alloc(4) };
    step.run({ parameter: slab, ...others }, { ...adamWScalars(1), decay: 0 });
    expect([...(await device.read(slab))]).toEqual([1, 2, 3, 4]);
    for (const each of [slab, larger, ...Object.values(others)]) device.free(each);
    large.dispose();
  });
});
