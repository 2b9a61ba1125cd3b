import type { OptimizerDefinition, Transform } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import { adamScalars, scaleByAdam, scaleByAmsgrad } from '../transforms/scale-by-adam.ts';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.ts';

/**
 * The hyperparameters of `adam` and `adamW`.
 *
 * @example
 * const options: OptimizerOptions<AdamHyperparameters> = { betas: [0.9, 0.95], amsgrad: true };
 */
export interface AdamHyperparameters extends Hyperparameters {
  /** Decay rates of both moments. Default `[0.9, 0.999]`. */
  readonly betas: readonly [number, number];
  /** Added to the root of the second moment. Default 1e-8. */
  readonly eps: number;
  /** Uses the largest second moment so far. Default false. */
  readonly amsgrad: boolean;
  /** Default true. */
  readonly biasCorrection: boolean;
  /** Weight decay beside the adaptive step and not through it; default false for `adam`, true for `adamW`. */
  readonly decoupledWeightDecay: boolean;
}

const defaults: AdamHyperparameters = {
  ...commonDefaults,
  learningRate: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  amsgrad: false,
  biasCorrection: true,
  decoupledWeightDecay: false,
};

/** Places weight decay before the adaptive link (L2) or after it (decoupled). */
export function withWeightDecay(adaptive: Transform, decoupled: boolean): readonly Transform[] {
  return decoupled
    ? [adaptive, addDecayedWeights, scaleByLearningRate]
    : [addDecayedWeights, adaptive, scaleByLearningRate];
}

const method = elementwise<AdamHyperparameters>({
  links: ({ amsgrad, decoupledWeightDecay }) =>
    withWeightDecay(amsgrad ? scaleByAmsgrad : scaleByAdam, decoupledWeightDecay),
  scalars: (group, { step }) => ({
    ...adamScalars(group, step),
    weightDecay: group.weightDecay,
    learningRate: group.lr,
  }),
});

/**
 * Adam (Kingma and Ba 2015), with L2 regularization if `weightDecay` is given.
 *
 * `g = g + weightDecay p`; `m = b1 m + (1 - b1) g`; `v = b2 v + (1 - b2) g^2`;
 * `p = p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`.
 *
 * A config's `"Adam"` is not this but AdamW, as in DeepSpeed: see `createOptimizer`. Memory: 8 bytes per element, 12
 * with `amsgrad`.
 *
 * @example
 * adam({ learningRate: 1e-3, betas: [0.9, 0.98] });
 */
export function adam(options: OptimizerOptions<AdamHyperparameters> = {}): OptimizerDefinition {
  return defineOptimizer({ type: 'Adam', defaults, method: () => method }, options);
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019).
 *
 * As `adam`, save that `weightDecay` is not added to the gradient but to the update:
 * `p = p - lr (mHat / (sqrt(vHat) + eps) + weightDecay p)`, which is PyTorch's `p = (1 - lr weightDecay) p - ...`.
 *
 * `weightDecay` is 0.01 by default, as in PyTorch; in a config it is 0, as in DeepSpeed. Memory: 8 bytes per element,
 * 12 with `amsgrad`.
 *
 * @example
 * adamW({ learningRate: 3e-4, weightDecay: 0.1, groups: [{ parameters: biasesAndNorms, weightDecay: 0 }] });
 */
export function adamW(options: OptimizerOptions<AdamHyperparameters> = {}): OptimizerDefinition {
  const decoupled = { ...defaults, weightDecay: 0.01, decoupledWeightDecay: true };
  return defineOptimizer({ type: 'AdamW', defaults: decoupled, method: () => method }, options);
}
