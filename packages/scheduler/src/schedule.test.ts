import { expect, test } from 'vitest';
import { SchedulerError } from './error.ts';
import { toSchedule, type Schedule } from './schedule.ts';

test('a number is itself at every step', () => {
  expect(toSchedule(0.1)(0)).toBe(0.1);
  expect(toSchedule(0)(99)).toBe(0);
});

test('a function is asked at every step, and its steps are checked', () => {
  const schedule = toSchedule((step) => step / 2);
  expect(schedule(3)).toBe(1.5);
  expect(() => schedule(-3)).toThrow(SchedulerError);
});

test.each([NaN, -1, Infinity, '0.1', null, undefined, {}])('refuses %o', (value) => {
  expect(() => toSchedule(value as number)).toThrow(
    /learningRate must be a finite number >= 0 or a schedule/u,
  );
});

test.each([NaN, -1, Infinity, '0.1', undefined])('refuses a schedule that returns %o', (value) => {
  const schedule = toSchedule((() => value) as unknown as Schedule);
  expect(() => schedule(4)).toThrow(/at step 4 it returned/u);
});
