import { expect, test } from 'vitest';
import { SchedulerError } from './error.ts';

test('carries its facts and is known across copies of the package', () => {
  const error = new SchedulerError('no', { code: 'unknown-type', where: 'createScheduler', subject: 'x' });
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe('SchedulerError');
  expect(error.facts.subject).toBe('x');
  expect(SchedulerError.isInstance(error)).toBe(true);
  const foreign = Object.assign(new Error('no'), { [Symbol.for('@ds/scheduler/SchedulerError')]: true });
  expect(SchedulerError.isInstance(foreign)).toBe(true);
  expect([new Error('no'), null, 'no', {}].some(SchedulerError.isInstance)).toBe(false);
});
