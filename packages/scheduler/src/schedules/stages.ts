import { describeValue } from '../describe-value.ts';
import { SchedulerError } from '../error.ts';
import { positiveInteger } from '../number-kind.ts';
import { requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, toSchedule, type Schedule } from '../schedule.ts';

/** One stage of `stages`. */
export interface Stage {
  /** Length of the stage. May be left out in the last one, which goes on for ever. */
  readonly steps?: number;
  /** The stage's lr, a number or a schedule; a schedule sees steps counted from the start of its stage. */
  readonly schedule: number | Schedule;
}

/**
 * Schedules one after the other: stage `i` starts at the sum of the lengths before it and counts from 0.
 *
 * Past the end of the last stage, its schedule goes on (a `cosine` holds its end, a `constant` its value).
 *
 * @throws {SchedulerError} for no stages, for `steps` that is no positive integer or missing before the last
 *   stage, and for a schedule that is neither a number nor a function.
 * @example
 * ```ts
 * import { constant, cosine, stages, warmup } from '@ds/scheduler';
 *
 * const lr = stages([
 *   { steps: 100, schedule: warmup(constant(1e-3), { steps: 10 }) },
 *   { steps: 500, schedule: 5e-4 },
 *   { schedule: cosine(5e-4, { steps: 400 }) },
 * ]);
 * [lr(99), lr(100), lr(1000)]; // 1e-3, 5e-4, 0
 * ```
 */
export function stages(list: readonly Stage[]): Schedule {
  if (!Array.isArray(list) || list.length === 0) {
    const expected = 'a list of at least one { steps, schedule }';
    throw new SchedulerError(`stages: expected ${expected}, got ${describeValue(list)}.`, {
      code: 'invalid-value',
      where: 'stages',
      given: list,
      expected,
    });
  }
  const placed: { readonly start: number; readonly schedule: Schedule }[] = [];
  let start = 0;
  for (const [index, stage] of list.entries()) {
    requireKnownOptions(`stages[${index}]`, stage, ['steps', 'schedule']);
    const isLast = index === list.length - 1;
    if (!isLast || stage.steps !== undefined) {
      requireNumber(`stages[${index}]`, 'steps', stage.steps, positiveInteger);
    }
    placed.unshift({ start, schedule: toSchedule(stage.schedule) });
    start += stage.steps ?? 0;
  }
  return defineSchedule('stages', (step) => {
    const active = placed.find((stage) => stage.start <= step)!;
    return active.schedule(step - active.start);
  });
}
