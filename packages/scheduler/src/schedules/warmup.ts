import { nonNegative, nonNegativeInteger } from '../number-kind.ts';
import { requireChoice, requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, toSchedule, type Schedule } from '../schedule.ts';
import { interpolate } from './interpolate.ts';

/** How the lr rises during warm-up. */
export type WarmupShape = 'linear' | 'log';

/** Options of `warmup`. */
export interface WarmupOptions {
  /** Warm-up steps; the peak is reached at this step. 0 means no warm-up. */
  readonly steps: number;
  /** Learning rate at step 0. Not given, it is `peak / (steps + 1)`, so that no step trains with lr 0. */
  readonly from?: number;
  /** `linear` (default) or `log`, which rises fast at first. */
  readonly shape?: WarmupShape;
}

/**
 * Puts a warm-up before a schedule (or a constant lr): it rises to `schedule(0)`, then the schedule begins.
 *
 * For `k < steps`: `f(k) = from + (peak - from) * g`, with `g = k / steps` (linear) or
 * `g = ln(k + 1) / ln(steps + 1)` (log); for `k >= steps`: `f(k) = schedule(k - steps)`. Both shapes therefore
 * hit the peak at step `steps` exactly, once. The end is that of the schedule.
 *
 * @throws {SchedulerError} for `steps` that is no non-negative integer, `from` < 0, or an unknown option.
 * @example
 * ```ts
 * import { warmup } from '@ds/scheduler';
 *
 * const lr = warmup(0.1, { steps: 4 });
 * [lr(0), lr(1), lr(2), lr(3), lr(4)]; // 0.02, 0.04, 0.06, 0.08, 0.1
 * ```
 */
export function warmup(schedule: number | Schedule, options: WarmupOptions): Schedule {
  requireKnownOptions('warmup', options, ['steps', 'from', 'shape']);
  const then = toSchedule(schedule);
  const { steps, shape = 'linear' } = options;
  requireNumber('warmup', 'steps', steps, nonNegativeInteger);
  requireChoice('warmup', 'shape', shape, ['linear', 'log']);
  const peak = then(0);
  const { from = peak / (steps + 1) } = options;
  requireNumber('warmup', 'from', from, nonNegative);
  return defineSchedule('warmup', (step) => {
    if (step >= steps) return then(step - steps);
    return interpolate(from, peak, shape === 'log' ? Math.log(step + 1) / Math.log(steps + 1) : step / steps);
  });
}
