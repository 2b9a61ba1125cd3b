import { nonNegative, positive, positiveInteger } from '../number-kind.ts';
import { requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';
import { interpolate } from './interpolate.ts';
import { extendPastTheEnd, type PastTheEnd } from './past-the-end.ts';

/** Options of `polynomial`. */
export interface PolynomialOptions {
  /** The step at which `end` is reached. */
  readonly steps: number;
  /** 1 (default) is a straight line, 2 a parabola that flattens out at the end. */
  readonly power?: number;
  /** Learning rate at the end; 0 when not given. */
  readonly end?: number;
  /** Past step `steps`: `hold` the end (default), give `zero`, or `restart`. */
  readonly after?: PastTheEnd;
}

/**
 * Polynomial decay: `f(k) = end + (lr - end) * (1 - k / steps) ** power`, exact at both ends.
 *
 * @param lr learning rate at step 0, >= 0
 * @throws {SchedulerError} for an lr < 0, `steps` that is not a positive integer, a power <= 0, or an unknown
 *   option.
 * @example
 * ```ts
 * import { polynomial } from '@ds/scheduler';
 *
 * polynomial(0.1, { steps: 10, power: 2 })(5); // 0.025
 * ```
 */
export function polynomial(lr: number, options: PolynomialOptions): Schedule {
  requireKnownOptions('polynomial', options, ['steps', 'power', 'end', 'after']);
  const { steps, power = 1, end = 0, after = 'hold' } = options;
  requireNumber('polynomial', 'lr', lr, nonNegative);
  requireNumber('polynomial', 'steps', steps, positiveInteger);
  requireNumber('polynomial', 'power', power, positive);
  requireNumber('polynomial', 'end', end, nonNegative);
  return defineSchedule(
    'polynomial',
    extendPastTheEnd('polynomial', steps, after, (step) => interpolate(end, lr, (1 - step / steps) ** power)),
  );
}
