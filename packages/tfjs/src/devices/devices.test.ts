import { adamWRule, adamWScalars, deviceConformance } from '@ds/tensor/testing';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { createDevice } from './create-device.ts';

for (const [backend, generic] of [['cpu', false],['wasm', false],['cpu', true],['wasm', true]] as const) {
  describe(`${generic ? 'generic on ' : ''}${backend}`, () => {
    beforeAll(async () => { await tf.setBackend(backend); });
    for (const { name, run } of deviceConformance(async () => createDevice(backend, { generic }))) it(name, run);
  });
}
