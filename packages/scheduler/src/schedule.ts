import { describeValue } from './describe-value.ts';
import { SchedulerError } from './error.ts';
import { nonNegative, nonNegativeInteger } from './number-kind.ts';

/**
 * A learning rate as a function of the optimizer step.
 *
 * `step` counts optimizer steps from 0: step `k` trains with `schedule(k)`. The schedules of this package
 * throw a `SchedulerError` for a step that is not a non-negative integer.
 */
export type Schedule = (step: number) => number;

/** A checked schedule: `lrAt` only ever sees non-negative integers. */
export function defineSchedule(name: string, lrAt: Schedule): Schedule {
  return (step) => {
    if (!nonNegativeInteger.test(step)) {
      throw new SchedulerError(
        `${name}: the step must be ${nonNegativeInteger.expected}, got ${describeValue(step)}.`,
        {
          code: 'invalid-value',
          where: name,
          subject: 'step',
          given: step,
          expected: nonNegativeInteger.expected,
        },
      );
    }
    return lrAt(step);
  };
}

/**
 * The schedule that a `learningRate` option means: a number stands for itself at every step.
 *
 * A function is wrapped so that a NaN, infinite or negative learning rate is caught at the step it appears.
 *
 * @throws {SchedulerError} for anything that is neither a number >= 0 nor a function.
 * @example
 * ```ts
 * import { cosine, toSchedule } from '@ds/scheduler';
 *
 * toSchedule(0.1)(7); // 0.1
 * toSchedule(cosine(0.1, { steps: 10 }))(10); // 0
 * ```
 */
export function toSchedule(learningRate: number | Schedule): Schedule {
  if (typeof learningRate === 'number' && nonNegative.test(learningRate)) {
    return defineSchedule('learningRate', () => learningRate);
  }
  if (typeof learningRate !== 'function') {
    const expected = `${nonNegative.expected} or a schedule (step) => number`;
    throw new SchedulerError(`learningRate must be ${expected}, got ${describeValue(learningRate)}.`, {
      code: 'invalid-value',
      where: 'toSchedule',
      subject: 'learningRate',
      given: learningRate,
      expected,
    });
  }
  return defineSchedule('learningRate', (step) => {
    const lr = learningRate(step);
    if (nonNegative.test(lr)) return lr;
    throw new SchedulerError(
      `The schedule must return ${nonNegative.expected}; at step ${step} it returned ${describeValue(lr)}.`,
      {
        code: 'invalid-value',
        where: 'learningRate',
        subject: 'lr',
        given: lr,
        expected: nonNegative.expected,
      },
    );
  });
}
