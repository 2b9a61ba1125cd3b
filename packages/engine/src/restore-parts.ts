import type { Optimizer, OptimizerState, ParameterGroup, Slab } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import { CheckpointMismatchError } from './errors.ts';
import type { LearningRateScheduler } from './learning-rate-scheduler.ts';

/**
 * Loads the states of an optimizer and its scheduler: both, or neither.
 *
 * The scheduler has the last word about learning rates, since its schedule may have been changed on purpose.
 *
 * @throws CheckpointMismatchError when either state is refused.
 */
export function restoreParts<S extends Slab>(
  where: string,
  optimizer: Optimizer<S>,
  optimizerState: OptimizerState,
  scheduler: LearningRateScheduler | undefined,
  schedulerState: Readonly<Record<string, unknown>> | undefined,
): void {
  const before = scheduler?.stateDict();
  const groups = optimizer.paramGroups.map(copyScheduled);
  fitting(where, () => {
    try {
      // Loading it tells whether it can be loaded; the optimizer's own loading changes nothing unless it succeeds.
      if (schedulerState !== undefined) scheduler?.loadStateDict(schedulerState);
      optimizer.loadStateDict(optimizerState);
    } catch (error) {
      if (before !== undefined) scheduler?.loadStateDict(before);
      for (const [index, group] of groups.entries()) Object.assign(optimizer.paramGroups[index]!, group);
      throw error;
    }
    if (schedulerState !== undefined) scheduler?.loadStateDict(schedulerState);
  });
}

/**
 * Runs a check of one part of a checkpoint.
 *
 * @throws CheckpointMismatchError instead of an InvalidArgumentError.
 */
export function fitting(where: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!InvalidArgumentError.isInstance(error)) throw error;
    throw new CheckpointMismatchError(`${where} does not fit this engine. ${error.message}`, {
      cause: error,
    });
  }
}

/** What schedulers write. */
function copyScheduled({ lr, betas, momentum }: ParameterGroup): Partial<ParameterGroup> {
  return {
    lr,
    ...(betas === undefined ? {} : { betas: [...betas] }),
    ...(momentum === undefined ? {} : { momentum }),
  };
}
