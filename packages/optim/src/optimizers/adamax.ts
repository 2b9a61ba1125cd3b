import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import { adamScalars } from '../transforms/scale-by-adam.ts';
import { scaleByAdamax } from '../transforms/scale-by-adamax.ts';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.ts';

/**
 * The hyperparameters of `adamax`; weight decay is L2.
 *
 * @example
 * const options: OptimizerOptions<AdamaxHyperparameters> = { betas: [0.9, 0.99] };
 */
export interface AdamaxHyperparameters extends Hyperparameters {
  /** Decay rates of the mean and of the infinity norm. Default `[0.9, 0.999]`. */
  readonly betas: readonly [number, number];
  /** Default 1e-8. */
  readonly eps: number;
}

const defaults: AdamaxHyperparameters = {
  ...commonDefaults,
  learningRate: 2e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
};

/**
 * Adamax (Kingma and Ba 2015, section 7.1): Adam with the infinity norm.
 *
 * `g = g + weightDecay p`; `m = b1 m + (1 - b1) g`; `n = max(b2 n, |g| + eps)`; `p = p - lr / (1 - b1^t) m / n`.
 * The paper has no `eps`; PyTorch puts it inside of the maximum. Memory: 8 bytes per element.
 *
 * @example
 * adamax({ learningRate: 2e-3 });
 */
export function adamax(options: OptimizerOptions<AdamaxHyperparameters> = {}): OptimizerDefinition {
  const method = elementwise<AdamaxHyperparameters>({
    links: () => [addDecayedWeights, scaleByAdamax, scaleByLearningRate],
    scalars: (group, { step }) => ({
      ...adamScalars(group, step),
      weightDecay: group.weightDecay,
      learningRate: group.lr,
    }),
  });
  return defineOptimizer({ type: 'Adamax', defaults, method: () => method }, options);
}
