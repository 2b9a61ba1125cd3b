import { nonNegative, positiveInteger } from '../number-kind.ts';
import { requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';

/** Options of `inverseSqrt`. */
export interface InverseSqrtOptions {
  /** How many steps it takes to fall to `lr / sqrt(2)`: the warm-up length, where there is a warm-up; 1000. */
  readonly timescale?: number;
}

/**
 * Decay with the square root of time: `f(k) = lr * sqrt(timescale / (timescale + k))`, so `f(0) = lr`.
 *
 * After `warmup(..., { steps: timescale })` this is the decay of the Transformer,
 * https://arxiv.org/abs/1706.03762 section 5.3, scaled to peak at `lr`. It has no end.
 *
 * @param lr learning rate at step 0, >= 0
 * @throws {SchedulerError} for an lr < 0, a timescale that is no positive integer, or an unknown option.
 * @example
 * ```ts
 * import { inverseSqrt, warmup } from '@ds/scheduler';
 *
 * const lr = warmup(inverseSqrt(1e-3, { timescale: 4000 }), { steps: 4000 });
 * lr(16000); // 5e-4
 * ```
 */
export function inverseSqrt(lr: number, options: InverseSqrtOptions = {}): Schedule {
  requireKnownOptions('inverseSqrt', options, ['timescale']);
  const { timescale = 1000 } = options;
  requireNumber('inverseSqrt', 'lr', lr, nonNegative);
  requireNumber('inverseSqrt', 'timescale', timescale, positiveInteger);
  return defineSchedule('inverseSqrt', (step) => lr * Math.sqrt(timescale / (timescale + step)));
}
