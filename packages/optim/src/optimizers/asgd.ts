import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import { stepByAveragedSgd } from '../transforms/step-by-averaged-sgd.ts';

/**
 * The hyperparameters of `asgd`; `weightDecay` is L2.
 *
 * @example
 * const options: OptimizerOptions<AsgdHyperparameters> = { averagingStart: 1000 };
 */
export interface AsgdHyperparameters extends Hyperparameters {
  /** Decay of the parameters towards 0. Default 1e-4. */
  readonly decay: number;
  /** Exponent by which the step size falls. Default 0.75. */
  readonly alpha: number;
  /** Number of steps before averaging begins. Default 1e6. */
  readonly averagingStart: number;
}

const defaults: AsgdHyperparameters = {
  ...commonDefaults,
  learningRate: 1e-2,
  decay: 1e-4,
  alpha: 0.75,
  averagingStart: 1e6,
};

/**
 * Averaged stochastic gradient descent (Polyak and Juditsky 1992; Bottou 2010).
 *
 * `eta = lr / (1 + decay lr (t - 1))^alpha`; `p = (1 - decay eta) p - eta (g + weightDecay p)`;
 * `ax = ax + (p - ax) / max(1, t - 1 - averagingStart)`. The mean `ax` is in the state dict. Memory: 4 bytes per element.
 *
 * @example
 * asgd({ learningRate: 0.05, averagingStart: 1000 });
 */
export function asgd(options: OptimizerOptions<AsgdHyperparameters> = {}): OptimizerDefinition {
  const method = elementwise<AsgdHyperparameters>({
    links: () => [addDecayedWeights, stepByAveragedSgd],
    scalars: ({ lr, decay, alpha, averagingStart, weightDecay }, { step }) => {
      // PyTorch keeps both factors as float32.
      const eta = Math.fround(lr / (1 + decay * lr * (step - 1)) ** alpha);
      return {
        weightDecay,
        eta,
        etaDecay: eta * decay,
        averageFactor: Math.fround(1 / Math.max(1, step - 1 - averagingStart)),
      };
    },
  });
  return defineOptimizer({ type: 'ASGD', defaults, method: () => method }, options);
}
