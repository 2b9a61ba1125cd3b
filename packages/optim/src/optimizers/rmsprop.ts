import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.ts';
import { scaleByRms, scaleByStandardDeviation } from '../transforms/scale-by-rms.ts';
import { trace } from '../transforms/trace.ts';

/**
 * The hyperparameters of `rmsprop`; weight decay is L2.
 *
 * @example
 * const options: OptimizerOptions<RmspropHyperparameters> = { alpha: 0.9, centered: true };
 */
export interface RmspropHyperparameters extends Hyperparameters {
  /** Decay rate of the running means. Default 0.99. */
  readonly alpha: number;
  /** Default 1e-8. */
  readonly eps: number;
  /** Default 0: no momentum, and no memory for it. */
  readonly momentum: number;
  /** Divides by the standard deviation and not by the root mean square. Default false. */
  readonly centered: boolean;
}

const defaults: RmspropHyperparameters = {
  ...commonDefaults,
  learningRate: 1e-2,
  alpha: 0.99,
  eps: 1e-8,
  momentum: 0,
  centered: false,
};

/**
 * RMSprop (Hinton 2012, lecture 6e), centered as in Graves (2013) if asked for.
 *
 * `g = g + weightDecay p`; `v = alpha v + (1 - alpha) g^2`; centered: `a = alpha a + (1 - alpha) g`, `v - a^2` for `v`;
 * `u = g / (sqrt(v) + eps)`; `b = momentum b + u`; `p = p - lr b`.
 *
 * The `eps` is outside of the root (PyTorch; TensorFlow has it inside), and momentum collects `u` without the learning
 * rate. Memory: 4 bytes per element, 4 more each for `centered` and momentum.
 *
 * @example
 * rmsprop({ learningRate: 1e-3, momentum: 0.9, centered: true });
 */
export function rmsprop(options: OptimizerOptions<RmspropHyperparameters> = {}): OptimizerDefinition {
  const method = elementwise<RmspropHyperparameters>({
    links: ({ centered, momentum }) => [
      addDecayedWeights,
      centered ? scaleByStandardDeviation : scaleByRms,
      ...(momentum === 0 ? [] : [trace]),
      scaleByLearningRate,
    ],
    scalars: ({ lr, alpha, eps, momentum, weightDecay }) => ({
      alpha,
      oneMinusAlpha: 1 - alpha,
      eps,
      traceDecay: momentum,
      traceGain: 1,
      weightDecay,
      learningRate: lr,
    }),
  });
  return defineOptimizer({ type: 'RMSprop', defaults, method: () => method }, options);
}
