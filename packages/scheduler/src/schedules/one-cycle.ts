import { atLeastOne, fraction, nonNegative, positiveInteger } from '../number-kind.ts';
import { requireChoice, requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';
import { interpolate, interpolateCosine } from './interpolate.ts';
import { extendPastTheEnd, type PastTheEnd } from './past-the-end.ts';

/** Options of `oneCycle`. */
export interface OneCycleOptions {
  /** Length of the cycle: the step at which the final lr is reached. */
  readonly steps: number;
  /** Fraction of the cycle spent rising, rounded to whole steps; 0.3 when not given. */
  readonly rise?: number;
  /** The lr at step 0 is the peak divided by this; 25 when not given. */
  readonly startDivisor?: number;
  /** The final lr is the starting lr divided by this; 10000 when not given. */
  readonly endDivisor?: number;
  /** Shape of both halves: `cosine` (default) or `linear`. */
  readonly shape?: 'cosine' | 'linear';
  /** Past step `steps`: `hold` the end (default), give `zero`, or `restart`. */
  readonly after?: PastTheEnd;
}

/**
 * The 1cycle policy: up from `lr / startDivisor` to `lr`, then down to `lr / startDivisor / endDivisor`.
 *
 * The peak is at step `round(rise * steps)` exactly, the end at step `steps` exactly.
 * Source: Super-Convergence, https://arxiv.org/abs/1708.07120. Momentum is not cycled: the schedulers
 * `OneCycle` and `OneCycleLR` of `createScheduler` do that.
 *
 * @param lr peak learning rate, >= 0
 * @throws {SchedulerError} for an lr < 0, `steps` that is no positive integer, a rise outside [0, 1], a divisor
 *   below 1, or an unknown option.
 * @example
 * ```ts
 * import { oneCycle } from '@ds/scheduler';
 *
 * const lr = oneCycle(0.1, { steps: 100 });
 * [lr(0), lr(30)]; // 0.004, 0.1
 * ```
 */
export function oneCycle(lr: number, options: OneCycleOptions): Schedule {
  const name = 'oneCycle';
  requireKnownOptions(name, options, ['steps', 'rise', 'startDivisor', 'endDivisor', 'shape', 'after']);
  const {
    steps,
    rise = 0.3,
    startDivisor = 25,
    endDivisor = 1e4,
    shape = 'cosine',
    after = 'hold',
  } = options;
  requireNumber(name, 'lr', lr, nonNegative);
  requireNumber(name, 'steps', steps, positiveInteger);
  requireNumber(name, 'rise', rise, fraction);
  requireNumber(name, 'startDivisor', startDivisor, atLeastOne);
  requireNumber(name, 'endDivisor', endDivisor, atLeastOne);
  requireChoice(name, 'shape', shape, ['cosine', 'linear']);
  const between = shape === 'cosine' ? interpolateCosine : interpolate;
  const start = lr / startDivisor;
  const peakAt = Math.round(rise * steps);
  return defineSchedule(
    name,
    extendPastTheEnd(name, steps, after, (step) =>
      step < peakAt
        ? between(start, lr, step / peakAt)
        : between(lr, start / endDivisor, peakAt === steps ? 0 : (step - peakAt) / (steps - peakAt)),
    ),
  );
}
