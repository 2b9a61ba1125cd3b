import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linear } from './linear.ts';
import { stages } from './stages.ts';

test('each stage counts from its own start, and the last goes on', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }), (lengths) => {
      const parts = lengths.map((steps, index) => ({ steps, schedule: (at: number) => 100 * index + at }));
      const schedule = stages(parts);
      const expected = lengths.flatMap((steps, index) =>
        Array.from({ length: steps }, (_, at) => 100 * index + at),
      );
      expect(expected.map((_, at) => schedule(at))).toEqual(expected);
      expect(schedule(expected.length + 6)).toBe(expected.at(-1)! + 7);
    }),
  );
});

test('numbers, schedules and stages may be mixed', () => {
  const inner = stages([{ steps: 2, schedule: 3 }, { schedule: linear(2, { steps: 4 }) }]);
  const schedule = stages([{ steps: 1, schedule: 5 }, { schedule: inner }]);
  expect([0, 1, 2, 3, 5, 7, 20].map(schedule)).toEqual([5, 3, 3, 2, 1, 0, 0]);
});

test('a schedule that returns no learning rate is caught with its step', () => {
  const schedule = stages([{ schedule: (at) => (at === 2 ? NaN : 1) }]);
  expect(schedule(1)).toBe(1);
  expect(() => schedule(2)).toThrow(/must return a finite number >= 0; at step 2 it returned NaN/u);
});
