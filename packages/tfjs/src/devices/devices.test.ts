import { deviceConformance } from '@ds/tensor/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test/backends.ts';

for (const { name, backend, skip, ulps, create } of subjects) {
  describe.skipIf(skip)(name, () => {
    let tensors = 0;
    beforeAll(async () => {
      await tf.setBackend(backend);
      tensors = tf.memory().numTensors;
    });
    afterAll(() => {
      expect(tf.memory().numTensors).toBe(tensors);
    });
    for (const { name: what, run } of deviceConformance(async () => create(), { ulps })) it(what, run);
  });
}
