import { expect, it } from 'vitest';
import { constantInitializer, glorotUniform, normal, ones, uniform, zeros } from './initializer.ts';
import { createRandom } from './random.ts';

const variance = (values: Float32Array): number => values.reduce((sum, x) => sum + x * x, 0) / values.length;

it('constants', () => {
  expect([...zeros([2, 2], createRandom(0))]).toEqual([0, 0, 0, 0]);
  expect([...ones([3], createRandom(0))]).toEqual([1, 1, 1]);
  expect([...constantInitializer(0.5)([], createRandom(0))]).toEqual([0.5]);
});

it('glorotUniform has variance 2 / (fanIn + fanOut), with receptive fields counted', () => {
  expect(variance(glorotUniform([300, 200], createRandom(1)))).toBeCloseTo(2 / 500, 4);
  expect(variance(glorotUniform([3, 3, 40, 60], createRandom(1)))).toBeCloseTo(2 / 900, 4);
});

it('normal and uniform have the spread they are given', () => {
  expect(variance(normal({ std: 0.1 })([200, 200], createRandom(2)))).toBeCloseTo(0.01, 3);
  const values = uniform({ limit: 0.3 })([10_000], createRandom(2));
  expect(Math.max(...values)).toBeLessThanOrEqual(0.3);
  expect(variance(values)).toBeCloseTo(0.03, 3);
});
