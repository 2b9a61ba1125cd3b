import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import { describe } from '../describe.ts';

/** What has a learning rate to set: a `trainOptimizer`, `tf.train.sgd`, `tf.train.momentum`. */
export interface ScheduledOptimizer {
  /** Steps made so far. */
  readonly iterations: number;
  setLearningRate(learningRate: number): void;
}

/** A callback for the `callbacks` of `model.fit` and `fitDataset`. */
export interface LearningRateCallback {
  readonly onEpochBegin: () => Promise<void>;
  readonly onBatchBegin: () => Promise<void>;
}

/** When a schedule moves on during `fit`. */
export interface LearningRateScheduleOptions {
  /** What the schedule counts. Default `batch`, which is one optimizer step. */
  readonly per?: 'batch' | 'epoch';
}

/**
 * Makes a `fit` callback that sets the learning rate by a schedule, such as those of `@ds/scheduler`.
 *
 * @param schedule the learning rate for each step, or epoch, from 0; or a number, for one that stays. Steps are the
 * optimizer's own count and epochs the callback's, so that a second `fit` goes on where the first ended.
 * @throws InvalidArgumentError when the optimizer's learning rate cannot be set, as tfjs's own Adam, or the schedule is
 * neither a function nor a number, 0 or more; UnknownNameError for another `per`.
 *
 * @example
 * const optimizer = trainOptimizer(adamW());
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * await model.fit(xs, ys, { callbacks: learningRateSchedule(optimizer, (step) => 1e-3 * 0.99 ** step) });
 */
export function learningRateSchedule(
  optimizer: ScheduledOptimizer,
  schedule: number | ((step: number) => number),
  { per = 'batch' }: LearningRateScheduleOptions = {},
): LearningRateCallback {
  if (typeof (Object(optimizer) as Partial<ScheduledOptimizer>).setLearningRate !== 'function') {
    throw new InvalidArgumentError(
      'learningRateSchedule() needs an optimizer with setLearningRate: a trainOptimizer, tf.train.sgd or ' +
        'tf.train.momentum. Replace tf.train.adam with trainOptimizer(adam()).',
    );
  }
  if (!(typeof schedule === 'function' || (Number.isFinite(schedule) && schedule >= 0))) {
    throw new InvalidArgumentError(
      `learningRateSchedule() needs a learning rate, 0 or more, or a function of the step such as those of ` +
        `@ds/scheduler, got ${describe(schedule)}.`,
    );
  }
  if (!['batch', 'epoch'].includes(per))
    throw new UnknownNameError('unit of a schedule', per, ['batch', 'epoch']);
  const rate = typeof schedule === 'function' ? schedule : () => schedule;
  let epochs = 0;
  return {
    async onEpochBegin() {
      if (per === 'epoch') optimizer.setLearningRate(rate(epochs++));
    },
    async onBatchBegin() {
      if (per === 'batch') optimizer.setLearningRate(rate(optimizer.iterations));
    },
  };
}
