import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import { momentScalars } from '../transforms/scale-by-adam.ts';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.ts';
import { scaleByLion } from '../transforms/scale-by-lion.ts';

/**
 * The hyperparameters of `lion`; weight decay is decoupled.
 *
 * @example
 * const options: OptimizerOptions<LionHyperparameters> = { betas: [0.95, 0.98] };
 */
export interface LionHyperparameters extends Hyperparameters {
  /** Default `[0.9, 0.99]`, the paper's; in a config `[0.9, 0.999]`, DeepSpeed's. */
  readonly betas: readonly [number, number];
}

const defaults: LionHyperparameters = { ...commonDefaults, learningRate: 1e-4, betas: [0.9, 0.99] };

/**
 * Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms").
 *
 * `c = b1 m + (1 - b1) g`; `p = p - lr (sign(c) + weightDecay p)`; `m = b2 m + (1 - b2) g`.
 *
 * The sign of 0 is 0; in DeepSpeed it is +1, so that a weight without gradient drifts. Every step has the size of the
 * learning rate: take a third to a tenth of Adam's. Memory: 4 bytes per element.
 *
 * @example
 * lion({ learningRate: 1e-4, weightDecay: 0.1 });
 */
export function lion(options: OptimizerOptions<LionHyperparameters> = {}): OptimizerDefinition {
  const method = elementwise<LionHyperparameters>({
    links: () => [scaleByLion, addDecayedWeights, scaleByLearningRate],
    scalars: ({ lr, betas, weightDecay }) => ({
      ...momentScalars(betas),
      weightDecay,
      learningRate: lr,
    }),
  });
  return defineOptimizer({ type: 'Lion', defaults, method: () => method }, options);
}
