import { nonNegative, positiveInteger } from '../number-kind.ts';
import { requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';

/** Options of `exponential`. */
export interface ExponentialOptions {
  /** What the lr is multiplied by over `every` steps. */
  readonly factor: number;
  /** Steps over which `factor` applies once, continuously in between; 1 when not given. */
  readonly every?: number;
  /** The lr does not fall below this; 0 when not given. */
  readonly end?: number;
}

/**
 * Exponential decay: `f(k) = max(end, lr * factor ** (k / every))`. It has no end.
 *
 * @param lr learning rate at step 0, >= 0
 * @throws {SchedulerError} for an lr, factor or end < 0, `every` that is no positive integer, or an unknown
 *   option.
 * @example
 * ```ts
 * import { exponential } from '@ds/scheduler';
 *
 * exponential(0.1, { factor: 0.5, every: 100 })(200); // 0.025
 * ```
 */
export function exponential(lr: number, options: ExponentialOptions): Schedule {
  requireKnownOptions('exponential', options, ['factor', 'every', 'end']);
  const { factor, every = 1, end = 0 } = options;
  requireNumber('exponential', 'lr', lr, nonNegative);
  requireNumber('exponential', 'factor', factor, nonNegative);
  requireNumber('exponential', 'every', every, positiveInteger);
  requireNumber('exponential', 'end', end, nonNegative);
  return defineSchedule('exponential', (step) => Math.max(end, lr * factor ** (step / every)));
}
