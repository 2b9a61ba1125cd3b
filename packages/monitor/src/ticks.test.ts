import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTicks } from './format-ticks.ts';
import { linearTicks, logarithmicTicks } from './ticks.ts';

describe('linearTicks', () => {
  // From the documentation and tests of d3-array's `ticks`.
  it.each([
    [0, 1, 10, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
    [0, 1, 4, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 1, 2, [0, 0.5, 1]],
    [-10, 10, 5, [-10, -5, 0, 5, 10]],
    [-10, 10, 2, [-10, 0, 10]],
    [0.98, 1.14, 10, [0.98, 1, 1.02, 1.04, 1.06, 1.08, 1.1, 1.12, 1.14]],
  ])('from %d to %d, about %d', (min, max, count, ticks) => {
    expect(linearTicks(min, max, count)).toEqual(ticks);
  });

  it('are inside, evenly spaced, and between half and twice as many as asked for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (min, span) => {
          const ticks = linearTicks(min, min + span, 6);
          expect(ticks.length).toBeGreaterThanOrEqual(3);
          expect(ticks.length).toBeLessThanOrEqual(11);
          const step = (ticks.at(-1)! - ticks[0]!) / (ticks.length - 1);
          for (const [index, tick] of ticks.entries()) {
            expect(tick).toBeGreaterThanOrEqual(min - span * 1e-3);
            expect(tick).toBeLessThanOrEqual(min + span * 1.001);
            expect(Math.abs(tick - (ticks[0]! + index * step))).toBeLessThanOrEqual(step * 0.01);
          }
        },
      ),
    );
  });
});

it.each([
  [1, 1000, 6, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]],
  [1e-7, 2e-3, 6, [1e-7, 1e-6, 1e-5, 1e-4, 1e-3]],
  [1e-12, 1, 6, [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1]],
  [1.4, 5.7, 6, [2, 3, 4, 5]],
  [3, 3.5, 5, [3, 3.1, 3.2, 3.3, 3.4, 3.5]],
])('logarithmicTicks from %d to %d, about %d', (min, max, count, ticks) => {
  expect(logarithmicTicks(min, max, count)).toEqual(ticks);
});

it.each([
  [
    [0, 100, 200],
    ['0', '100', '200'],
  ],
  [
    [1, 1.5, 2],
    ['1', '1.5', '2'],
  ],
  [
    [0, 5e-4, 1e-3],
    ['0', '5e-4', '1e-3'],
  ],
  [
    [0, 2.5e6, -5e6],
    ['0', '2.5e6', '-5e6'],
  ],
  [
    [1e-6, 1e-3, 1],
    ['1e-6', '1e-3', '1e0'],
  ],
])('formatTicks of %j', (ticks, labels) => {
  expect(formatTicks(ticks)).toEqual(labels);
});
