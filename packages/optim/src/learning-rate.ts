import { InvalidArgumentError } from '@ds/tensor';

/**
 * A learning rate per step: `schedule(0)` is used by the first `step()`. Any function of `@ds/scheduler` is one.
 *
 * @example
 * const warmup: LearningRateSchedule = (step) => 1e-3 * Math.min(1, (step + 1) / 100);
 */
export type LearningRateSchedule = (step: number) => number;

/**
 * A number, or a schedule that the optimizer follows by its own count of `step()` calls. The group's `lr` is written
 * ahead: it shows what the next step will use, and who writes it in between decides that step.
 *
 * @example
 * const rate: LearningRate = (step) => 0.1 / Math.sqrt(step + 1);
 */
export type LearningRate = number | LearningRateSchedule;

/**
 * The learning rate for a step.
 *
 * @param type the optimizer, for the message.
 * @param step from 0.
 * @throws InvalidArgumentError when a schedule returns something else than a finite number, 0 or more.
 */
export function learningRateAt(type: string, learningRate: LearningRate, step: number): number {
  if (typeof learningRate === 'number') return learningRate;
  const rate: unknown = learningRate(step);
  if (isRate(rate)) return rate;
  throw new InvalidArgumentError(
    `${type}: the schedule given as learningRate must return a finite number, 0 or more; for step ${step} ` +
      `(counted from 0) it returned ${String(rate)}. Correct it; the parameters are as they were.`,
  );
}

/**
 * Checks the learning rates that groups have, whoever wrote them.
 *
 * @throws InvalidArgumentError when one is no finite number, 0 or more.
 */
export function requireRates(type: string, groups: readonly { readonly lr: unknown }[]): void {
  const wrong = groups.findIndex(({ lr }) => !isRate(lr));
  if (wrong === -1) return;
  throw new InvalidArgumentError(
    `${type}: paramGroups[${wrong}].lr must be a finite number, 0 or more; it is ${String(groups[wrong]!.lr)}. ` +
      'Correct what writes it, for example a scheduler; the parameters are as they were.',
  );
}

function isRate(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
