import { readFileSync } from 'node:fs';
import type { OptimizerGolden } from '@ds/optim/testing';
import { goldenMismatches } from '@ds/optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { subjects } from '../../test/backends.ts';

// The recorded PyTorch and DeepSpeed runs of @ds/optim; the file says where they come from.
const golden = JSON.parse(
  readFileSync(new URL('../../../optim/src/__fixtures__/optimizers.json', import.meta.url), 'utf8'),
) as OptimizerGolden;

/** On a software GPU a run takes a second, so each optimizer is tried there once, with a run that has options. */
const onePerOptimizer = [...new Set(golden.cases.map(({ family, name }) => `${family}/${name}`))].map((id) =>
  golden.cases.find((each) => each.id.startsWith(`${id}/`) && Object.keys(each.options).length > 1)!,
);

for (const { name, backend, skip, create } of subjects.filter(
  (subject) => !subject.name.startsWith('generic on w'),
)) {
  describe.skipIf(skip)(`optimizers on ${name} equal the recordings`, () => {
    beforeAll(async () => {
      await tf.setBackend(backend);
    });
    test.each(backend === 'webgpu' ? onePerOptimizer : golden.cases)('$id', async (goldenCase) => {
      const device = create();
      const slabs = device.memory().slabs;
      expect(await goldenMismatches(device, golden, goldenCase)).toEqual([]);
      expect(device.memory().slabs).toBe(slabs);
    });
  });
}
