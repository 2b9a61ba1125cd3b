import { nonNegative } from '../number-kind.ts';
import { requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';

/**
 * The same learning rate at every step: `f(k) = lr`. It has no end.
 *
 * @param lr learning rate, >= 0
 * @throws {SchedulerError} for an lr that is negative or not finite.
 * @example
 * ```ts
 * import { constant } from '@ds/scheduler';
 *
 * constant(0.1)(1000); // 0.1
 * ```
 */
export function constant(lr: number): Schedule {
  requireNumber('constant', 'lr', lr, nonNegative);
  return defineSchedule('constant', () => lr);
}
