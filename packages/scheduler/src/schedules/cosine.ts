import { nonNegative, positiveInteger } from '../number-kind.ts';
import { requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';
import { interpolateCosine } from './interpolate.ts';
import { extendPastTheEnd, type PastTheEnd } from './past-the-end.ts';

/** Options of `cosine`. */
export interface CosineOptions {
  /** The step at which `end` is reached. */
  readonly steps: number;
  /** Learning rate at the end; 0 when not given. */
  readonly end?: number;
  /** Past step `steps`: `hold` the end (default), give `zero`, or `restart`. */
  readonly after?: PastTheEnd;
}

/**
 * Half a cosine wave: `f(k) = end + (lr - end) * (1 + cos(pi * k / steps)) / 2`.
 *
 * `f(0) = lr` and `f(steps) = end` exactly; unlike PyTorch's `CosineAnnealingLR`, the lr does not rise again
 * afterwards. Source: SGDR, https://arxiv.org/abs/1608.03983, without restarts.
 *
 * @param lr learning rate at step 0, >= 0
 * @throws {SchedulerError} for an lr < 0, `steps` that is not a positive integer, or an unknown option.
 * @example
 * ```ts
 * import { cosine, warmup } from '@ds/scheduler';
 *
 * const lr = warmup(cosine(3e-4, { steps: 900, end: 3e-5 }), { steps: 100 });
 * lr(100); // 3e-4
 * lr(1000); // 3e-5
 * ```
 */
export function cosine(lr: number, options: CosineOptions): Schedule {
  requireKnownOptions('cosine', options, ['steps', 'end', 'after']);
  const { steps, end = 0, after = 'hold' } = options;
  requireNumber('cosine', 'lr', lr, nonNegative);
  requireNumber('cosine', 'steps', steps, positiveInteger);
  requireNumber('cosine', 'end', end, nonNegative);
  return defineSchedule(
    'cosine',
    extendPastTheEnd('cosine', steps, after, (step) => interpolateCosine(lr, end, step / steps)),
  );
}
