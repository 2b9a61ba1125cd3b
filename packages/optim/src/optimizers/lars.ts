import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.ts';
import { scaleByTrustRatio } from '../transforms/scale-by-trust-ratio.ts';
import { momentumScalars, trace, traceNesterov } from '../transforms/trace.ts';
import type { RatioRule } from '../trust-ratio-method.ts';
import { trustRatio } from '../trust-ratio-method.ts';

/**
 * The hyperparameters of `lars`; weight decay is L2, inside of the trust ratio.
 *
 * @example
 * const options: OptimizerOptions<LarsHyperparameters> = { momentum: 0.9, trustCoefficient: 0.02 };
 */
export interface LarsHyperparameters extends Hyperparameters {
  /** Default 0.9. */
  readonly momentum: number;
  /** Keeps `1 - dampening` of each update after the first. Default 0. */
  readonly dampening: number;
  /** Default false. */
  readonly nesterov: boolean;
  /** The share of its norm that a parameter moves by at a learning rate of 1. Default 0.001. */
  readonly trustCoefficient: number;
  /** Default 1e-8. */
  readonly eps: number;
}

const defaults: LarsHyperparameters = {
  ...commonDefaults,
  learningRate: 1,
  momentum: 0.9,
  dampening: 0,
  nesterov: false,
  trustCoefficient: 1e-3,
  eps: 1e-8,
};

const larsRatio: RatioRule = {
  name: 'larsRatio',
  slots: ['parameterSquares', 'updateSquares'],
  scalars: ['trustCoefficient', 'weightDecay', 'eps'],
  update({ add, constant, div, mul, select, sqrt }, { parameterSquares, updateSquares }, scalars) {
    const weight = sqrt(parameterSquares);
    const total = add(add(sqrt(updateSquares), mul(scalars['weightDecay']!, weight)), scalars['eps']!);
    const ratio = div(mul(scalars['trustCoefficient']!, weight), total);
    const one = constant(1);
    return { updateSquares: select(parameterSquares, select(updateSquares, ratio, one), one) };
  },
};

/**
 * LARS (You et al. 2017, "Large Batch Training of Convolutional Networks").
 *
 * `r = trustCoefficient |p| / (|g| + weightDecay |p| + eps)` per parameter, 1 if either norm is 0;
 * `b = momentum b + r (g + weightDecay p)`; `p = p - lr b`.
 *
 * The paper puts the learning rate into the buffer; here it multiplies the buffer, as in PyTorch's SGD. Give biases
 * and norms plain SGD's treatment with a group if the recipe asks for it. Memory: 4 bytes per element with momentum,
 * and 8 per parameter.
 *
 * @example
 * lars({ learningRate: 8, momentum: 0.9, weightDecay: 1e-4 });
 */
export function lars(options: OptimizerOptions<LarsHyperparameters> = {}): OptimizerDefinition {
  const method = trustRatio<LarsHyperparameters>({
    before: () => [],
    ratio: larsRatio,
    after: ({ momentum, nesterov }) => [
      addDecayedWeights,
      scaleByTrustRatio,
      ...(momentum === 0 ? [] : [nesterov ? traceNesterov : trace]),
      scaleByLearningRate,
    ],
    scalars: (group, { step }) => ({
      ...momentumScalars(group, step),
      trustCoefficient: group.trustCoefficient,
      weightDecay: group.weightDecay,
      eps: group.eps,
      learningRate: group.lr,
    }),
  });
  return defineOptimizer({ type: 'Lars', defaults, method: () => method }, options);
}
