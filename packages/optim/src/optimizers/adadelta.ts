import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import { scaleByAdadelta } from '../transforms/scale-by-adadelta.ts';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.ts';

/**
 * The hyperparameters of `adadelta`; weight decay is L2.
 *
 * @example
 * const options: OptimizerOptions<AdadeltaHyperparameters> = { rho: 0.95 };
 */
export interface AdadeltaHyperparameters extends Hyperparameters {
  /** Decay rate of both running means. Default 0.9. */
  readonly rho: number;
  /** Default 1e-6. */
  readonly eps: number;
}

const defaults: AdadeltaHyperparameters = { ...commonDefaults, learningRate: 1, rho: 0.9, eps: 1e-6 };

/**
 * Adadelta (Zeiler 2012).
 *
 * `g = g + weightDecay p`; `v = rho v + (1 - rho) g^2`; `d = sqrt(a + eps) / sqrt(v + eps) g`;
 * `a = rho a + (1 - rho) d^2`; `p = p - lr d`. The paper has no learning rate, which is 1 by default (PyTorch; 0.001 in
 * TensorFlow). Memory: 8 bytes per element.
 *
 * @example
 * adadelta({ rho: 0.95 });
 */
export function adadelta(options: OptimizerOptions<AdadeltaHyperparameters> = {}): OptimizerDefinition {
  const method = elementwise<AdadeltaHyperparameters>({
    links: () => [addDecayedWeights, scaleByAdadelta, scaleByLearningRate],
    scalars: ({ lr, rho, eps, weightDecay }) => ({
      rho,
      oneMinusRho: 1 - rho,
      eps,
      weightDecay,
      learningRate: lr,
    }),
  });
  return defineOptimizer({ type: 'Adadelta', defaults, method: () => method }, options);
}
