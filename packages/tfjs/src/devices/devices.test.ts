import { deviceConformance } from '@ds/tensor/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test/backends.ts';

const short = [0, 1, 3, 4, 5, 1023];

for (const { name, backend, skip, ulps, create } of subjects) {
  // A million elements in tfjs operations say nothing new about the stand-ins, and take long.
  const lengths = name === 'generic on wasm' || name === 'generic on webgpu' ? short : [...short, 1_000_000];
  describe.skipIf(skip)(name, () => {
    let tensors = 0;
    beforeAll(async () => {
      await tf.setBackend(backend);
      tensors = tf.memory().numTensors;
    });
    afterAll(() => {
      expect(tf.memory().numTensors).toBe(tensors);
    });
    for (const { name: what, run } of deviceConformance(async () => create(), { ulps, lengths }))
      it(what, run);
  });
}
