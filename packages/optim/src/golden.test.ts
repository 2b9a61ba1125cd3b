import { readFileSync } from 'node:fs';
import { createArrayDevice } from '@ds/tensor/testing';
import { describe, expect, test } from 'vitest';
import type { OptimizerGolden } from './testing/index.ts';
import { goldenMismatches } from './testing/index.ts';

const golden = JSON.parse(
  readFileSync(new URL('__fixtures__/optimizers.json', import.meta.url), 'utf8'),
) as OptimizerGolden;

test('all 96 recorded runs are there', () => {
  expect(golden.cases).toHaveLength(96);
});

describe.each(['float32', 'float64'] as const)('%s on the reference device', (precision) => {
  const cases = golden.cases.filter(
    ({ fp64, formula_fp64: formula }) => precision === 'float32' || (fp64 ?? formula) !== undefined,
  );
  test.each(cases)('$id', async (goldenCase) => {
    const device = createArrayDevice({ precision });
    const mismatches = await goldenMismatches(device, golden, goldenCase, {
      precision,
      read: (slab) => slab.values,
    });
    expect(mismatches).toEqual([]);
    expect(device.memory().slabs).toBe(0);
  });
  test('covers every run that has such a column', () => {
    expect(cases).toHaveLength(precision === 'float32' ? 96 : 69);
  });
});

test('a wrong hyperparameter shows', async () => {
  const goldenCase = golden.cases.find(({ id }) => id === 'torch/Adam/1')!;
  const wrong = { ...goldenCase, options: { ...goldenCase.options, eps: 1e-3 } };
  const mismatches = await goldenMismatches(createArrayDevice(), golden, wrong);
  expect(mismatches!.length).toBeGreaterThan(10);
});
