/** A learning rate per step: `schedule(0)` is used by the first `step()`. Any function of `@ds/scheduler` is one. */
export type LearningRateSchedule = (step: number) => number;

/** A number, or a schedule that the optimizer follows by its own count of `step()` calls. */
export type LearningRate = number | LearningRateSchedule;

/**
 * The learning rate for a step.
 *
 * @param step from 0.
 */
export function learningRateAt(learningRate: LearningRate, step: number): number {
  return typeof learningRate === 'number' ? learningRate : learningRate(step);
}
