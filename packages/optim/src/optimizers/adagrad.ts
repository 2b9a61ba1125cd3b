import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import { scaleByAdagrad } from '../transforms/scale-by-adagrad.ts';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.ts';

/**
 * The hyperparameters of `adagrad`; weight decay is L2.
 *
 * @example
 * const options: OptimizerOptions<AdagradHyperparameters> = { initialAccumulatorValue: 0.1 };
 */
export interface AdagradHyperparameters extends Hyperparameters {
  /** Divides the learning rate by `1 + (t - 1) learningRateDecay`. Default 0. */
  readonly learningRateDecay: number;
  /** What the sum of squares starts from. Default 0. */
  readonly initialAccumulatorValue: number;
  /** Default 1e-10. */
  readonly eps: number;
}

const defaults: AdagradHyperparameters = {
  ...commonDefaults,
  learningRate: 1e-2,
  learningRateDecay: 0,
  initialAccumulatorValue: 0,
  eps: 1e-10,
};

/**
 * Adagrad (Duchi et al. 2011).
 *
 * `g = g + weightDecay p`; `sum = sum + g^2`; `p = p - lr / (1 + (t - 1) learningRateDecay) g / (sqrt(sum) + eps)`.
 *
 * DeepSpeed's CPU kernel keeps the raw gradient in the numerator when there is weight decay; here the decayed one is
 * in both places, as in PyTorch. Memory: 4 bytes per element.
 *
 * @example
 * adagrad({ learningRate: 0.05 });
 */
export function adagrad(options: OptimizerOptions<AdagradHyperparameters> = {}): OptimizerDefinition {
  const method = elementwise<AdagradHyperparameters>({
    links: () => [addDecayedWeights, scaleByAdagrad, scaleByLearningRate],
    scalars: ({ lr, learningRateDecay, weightDecay, eps }, { step }) => ({
      weightDecay,
      eps,
      learningRate: lr / (1 + (step - 1) * learningRateDecay),
    }),
    initialState: ({ initialAccumulatorValue }) => ({ sum: initialAccumulatorValue }),
  });
  return defineOptimizer({ type: 'Adagrad', defaults, method: () => method }, options);
}
