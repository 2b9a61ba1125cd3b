import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cosine } from './cosine.ts';
import { warmup, type WarmupShape } from './warmup.ts';

const shapes = fc.constantFrom<WarmupShape>('linear', 'log');
const steps = fc.integer({ min: 1, max: 1000 });
const peak = fc.double({ min: 1e-6, max: 1, noNaN: true });

test('both shapes reach the peak exactly at `steps`, once, and rise strictly before it', () => {
  fc.assert(
    fc.property(shapes, steps, peak, (shape, n, lr) => {
      const schedule = warmup(cosine(lr, { steps: 50 }), { steps: n, shape });
      expect(schedule(n)).toBe(lr);
      expect(schedule(n - 1)).toBeLessThan(lr);
      expect(schedule(n + 1)).toBeLessThan(lr);
      for (let at = 1; at <= n; at++) expect(schedule(at)).toBeGreaterThan(schedule(at - 1));
    }),
    { numRuns: 30 },
  );
});

test('no step trains with lr 0 unless asked', () => {
  expect(warmup(0.1, { steps: 4 })(0)).toBeCloseTo(0.02, 15);
  expect(warmup(0.1, { steps: 4, shape: 'log' })(0)).toBeCloseTo(0.02, 15);
  expect(warmup(0.1, { steps: 4, from: 0 })(0)).toBe(0);
});

test('shapes', () => {
  const linear = warmup(1, { steps: 4, from: 0.2 });
  const log = warmup(1, { steps: 3, from: 0, shape: 'log' });
  expect([0, 1, 2, 3, 4].map(linear)).toEqual(
    [0.2, 0.4, 0.6, 0.8, 1].map((value) => expect.closeTo(value, 14)),
  );
  expect([0, 1, 2, 3].map(log)).toEqual(
    [0, 0.5, Math.log2(3) / 2, 1].map((value) => expect.closeTo(value, 14)),
  );
});

test('the schedule begins after the warm-up, which may have no steps', () => {
  const then = cosine(1, { steps: 10 });
  expect(warmup(then, { steps: 5 })(8)).toBe(then(3));
  expect(warmup(then, { steps: 0 })(3)).toBe(then(3));
});
