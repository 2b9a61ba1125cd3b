import { nonNegative, positiveFraction, positiveInteger } from '../number-kind.ts';
import { requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';
import { restartCycle } from '../restart-cycle.ts';
import { interpolateCosine } from './interpolate.ts';

/** Options of `cosineRestarts`. */
export interface CosineRestartsOptions {
  /** Length of the first cycle. */
  readonly steps: number;
  /** Each cycle is this many times as long as the one before: an integer, 1 when not given. */
  readonly growth?: number;
  /** Each cycle starts at this fraction of the lr the one before started at; 1 when not given. */
  readonly decay?: number;
  /** Learning rate the cycles fall towards; 0 when not given. */
  readonly end?: number;
}

/**
 * Cosine annealing with warm restarts: the cosine of `cosine` over and over, the first time `steps` long.
 *
 * In cycle `i` of length `steps * growth ** i`, `c` steps in:
 * `f = end + (lr * decay ** i - end) * (1 + cos(pi * c / length)) / 2`. Each restart is at its peak exactly.
 * It has no end. Source: SGDR, https://arxiv.org/abs/1608.03983.
 *
 * @param lr learning rate at step 0, >= 0
 * @throws {SchedulerError} for an lr < 0, `steps` or `growth` that is no positive integer, or an unknown option.
 * @example
 * ```ts
 * import { cosineRestarts } from '@ds/scheduler';
 *
 * const lr = cosineRestarts(0.1, { steps: 10, growth: 2 });
 * [lr(0), lr(10), lr(30)]; // 0.1 each: cycles of 10, 20, 40 steps
 * ```
 */
export function cosineRestarts(lr: number, options: CosineRestartsOptions): Schedule {
  requireKnownOptions('cosineRestarts', options, ['steps', 'growth', 'decay', 'end']);
  const { steps, growth = 1, decay = 1, end = 0 } = options;
  requireNumber('cosineRestarts', 'lr', lr, nonNegative);
  requireNumber('cosineRestarts', 'steps', steps, positiveInteger);
  requireNumber('cosineRestarts', 'growth', growth, positiveInteger);
  requireNumber('cosineRestarts', 'decay', decay, positiveFraction);
  requireNumber('cosineRestarts', 'end', end, nonNegative);
  return defineSchedule('cosineRestarts', (step) => {
    const { cycle, offset, length } = restartCycle(step, steps, growth);
    return interpolateCosine(lr * decay ** cycle, end, offset / length);
  });
}
