import { nonNegative, positiveInteger } from '../number-kind.ts';
import { requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';

/** Options of `step`. */
export interface StepOptions {
  /** Steps between two drops. */
  readonly every: number;
  /** What the lr is multiplied by at each drop; 0.1 when not given. */
  readonly factor?: number;
}

/**
 * A staircase: `f(k) = lr * factor ** floor(k / every)`. It has no end.
 *
 * @param lr learning rate at step 0, >= 0
 * @throws {SchedulerError} for an lr or factor < 0, `every` that is no positive integer, or an unknown option.
 * @example
 * ```ts
 * import { step } from '@ds/scheduler';
 *
 * const lr = step(0.1, { every: 30, factor: 0.5 });
 * [lr(29), lr(30)]; // 0.1, 0.05
 * ```
 */
export function step(lr: number, options: StepOptions): Schedule {
  requireKnownOptions('step', options, ['every', 'factor']);
  const { every, factor = 0.1 } = options;
  requireNumber('step', 'lr', lr, nonNegative);
  requireNumber('step', 'every', every, positiveInteger);
  requireNumber('step', 'factor', factor, nonNegative);
  return defineSchedule('step', (at) => lr * factor ** Math.floor(at / every));
}
