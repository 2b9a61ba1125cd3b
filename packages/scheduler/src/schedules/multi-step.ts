import { nonNegative, nonNegativeInteger } from '../number-kind.ts';
import { requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';

/** Options of `multiStep`. */
export interface MultiStepOptions {
  /** The steps from which the lr is lower; order does not matter, a repeated one counts twice. */
  readonly milestones: readonly number[];
  /** What the lr is multiplied by at each milestone; 0.1 when not given. */
  readonly factor?: number;
}

/**
 * Drops at given steps: `f(k) = lr * factor ** (number of milestones <= k)`. It has no end.
 *
 * @param lr learning rate before the first milestone, >= 0
 * @throws {SchedulerError} for an lr or factor < 0, a milestone that is no non-negative integer, or an unknown
 *   option.
 * @example
 * ```ts
 * import { multiStep } from '@ds/scheduler';
 *
 * const lr = multiStep(0.1, { milestones: [30, 80], factor: 0.5 });
 * [lr(29), lr(30), lr(80)]; // 0.1, 0.05, 0.025
 * ```
 */
export function multiStep(lr: number, options: MultiStepOptions): Schedule {
  requireKnownOptions('multiStep', options, ['milestones', 'factor']);
  const { factor = 0.1 } = options;
  const milestones = [...options.milestones];
  requireNumber('multiStep', 'lr', lr, nonNegative);
  requireNumber('multiStep', 'factor', factor, nonNegative);
  for (const [index, milestone] of milestones.entries()) {
    requireNumber('multiStep', `milestones[${index}]`, milestone, nonNegativeInteger);
  }
  return defineSchedule(
    'multiStep',
    (at) => lr * factor ** milestones.filter((milestone) => milestone <= at).length,
  );
}
