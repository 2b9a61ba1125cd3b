import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.ts';
import { momentumScalars, trace, traceNesterov } from '../transforms/trace.ts';

/**
 * The hyperparameters of `sgd`; weight decay is L2.
 *
 * @example
 * const options: OptimizerOptions<SgdHyperparameters> = { momentum: 0.9, nesterov: true };
 */
export interface SgdHyperparameters extends Hyperparameters {
  /** Default 0: no momentum, and no memory for it. */
  readonly momentum: number;
  /** Keeps `1 - dampening` of each gradient after the first. Default 0. */
  readonly dampening: number;
  /** Default false. */
  readonly nesterov: boolean;
}

const defaults: SgdHyperparameters = {
  ...commonDefaults,
  learningRate: 1e-3,
  momentum: 0,
  dampening: 0,
  nesterov: false,
};

/**
 * Stochastic gradient descent, with momentum if asked for.
 *
 * `g = g + weightDecay p`; `b = momentum b + (1 - dampening) g`, at first `b = g`;
 * `p = p - lr b`, with Nesterov `p = p - lr (g + momentum b)`.
 *
 * The learning rate multiplies the buffer when it is applied, as in PyTorch; in Sutskever et al. (2013) and in
 * TensorFlow it enters the buffer, which differs when it changes. Memory: 4 bytes per element with momentum, else none.
 *
 * @example
 * sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true });
 */
export function sgd(options: OptimizerOptions<SgdHyperparameters> = {}): OptimizerDefinition {
  const method = elementwise<SgdHyperparameters>({
    links: ({ momentum, nesterov }) => [
      addDecayedWeights,
      ...(momentum === 0 ? [] : [nesterov ? traceNesterov : trace]),
      scaleByLearningRate,
    ],
    scalars: (group, { step }) => ({
      ...momentumScalars(group, step),
      weightDecay: group.weightDecay,
      learningRate: group.lr,
    }),
  });
  return defineOptimizer({ type: 'SGD', defaults, method: () => method }, options);
}
