import { nonNegative, positiveInteger } from '../number-kind.ts';
import { requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';
import { interpolate } from './interpolate.ts';
import { extendPastTheEnd, type PastTheEnd } from './past-the-end.ts';

/** Options of `linear`. */
export interface LinearOptions {
  /** The step at which `end` is reached. */
  readonly steps: number;
  /** Learning rate at the end; 0 when not given, may lie above `lr`. */
  readonly end?: number;
  /** Past step `steps`: `hold` the end (default), give `zero`, or `restart`. */
  readonly after?: PastTheEnd;
}

/**
 * A straight line: `f(k) = lr + (end - lr) * k / steps`, `f(0) = lr` and `f(steps) = end` exactly.
 *
 * @param lr learning rate at step 0, >= 0
 * @throws {SchedulerError} for an lr < 0, `steps` that is not a positive integer, or an unknown option.
 * @example
 * ```ts
 * import { linear } from '@ds/scheduler';
 *
 * const lr = linear(0.1, { steps: 10 });
 * lr(5); // 0.05
 * lr(20); // 0
 * ```
 */
export function linear(lr: number, options: LinearOptions): Schedule {
  requireKnownOptions('linear', options, ['steps', 'end', 'after']);
  const { steps, end = 0, after = 'hold' } = options;
  requireNumber('linear', 'lr', lr, nonNegative);
  requireNumber('linear', 'steps', steps, positiveInteger);
  requireNumber('linear', 'end', end, nonNegative);
  return defineSchedule(
    'linear',
    extendPastTheEnd('linear', steps, after, (step) => interpolate(lr, end, step / steps)),
  );
}
