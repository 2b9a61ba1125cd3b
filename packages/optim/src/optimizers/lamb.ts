import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import { adamScalars, scaleByAdam, scaleByAdamEpsInsideSqrt } from '../transforms/scale-by-adam.ts';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.ts';
import { scaleByTrustRatio } from '../transforms/scale-by-trust-ratio.ts';
import type { RatioRule } from '../trust-ratio-method.ts';
import { trustRatio } from '../trust-ratio-method.ts';

/**
 * The hyperparameters of `lamb`; weight decay is decoupled, inside of the trust ratio.
 *
 * @example
 * const options: OptimizerOptions<LambHyperparameters> = { minCoefficient: 0.1, maxCoefficient: 5 };
 */
export interface LambHyperparameters extends Hyperparameters {
  /** Default `[0.9, 0.999]`. */
  readonly betas: readonly [number, number];
  /** Default 1e-8. */
  readonly eps: number;
  /** Takes `sqrt(v + eps)` for `sqrt(v) + eps`. Default false. */
  readonly epsInsideSqrt: boolean;
  /** Corrects the step size, not the moments. Default true. */
  readonly biasCorrection: boolean;
  /** Smallest trust ratio. Default 0.01. */
  readonly minCoefficient: number;
  /** Largest trust ratio. Default 10. */
  readonly maxCoefficient: number;
}

const defaults: LambHyperparameters = {
  ...commonDefaults,
  learningRate: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  epsInsideSqrt: false,
  biasCorrection: true,
  minCoefficient: 0.01,
  maxCoefficient: 10,
};

const lambRatio: RatioRule = {
  name: 'lambRatio',
  slots: ['parameterSquares', 'updateSquares'],
  scalars: ['minCoefficient', 'maxCoefficient'],
  update(algebra, { parameterSquares, updateSquares }, scalars) {
    const { constant, div, max, min, select, sqrt } = algebra;
    const ratio = div(sqrt(parameterSquares), sqrt(updateSquares));
    const clamped = min(max(ratio, scalars['minCoefficient']!), scalars['maxCoefficient']!);
    // WGSL promises nothing for a division by 0, so the quotient must not be used then.
    const one = constant(1);
    return { updateSquares: select(parameterSquares, select(updateSquares, clamped, one), one) };
  },
};

/**
 * LAMB (You et al. 2020), as in DeepSpeed's FusedLamb.
 *
 * `m`, `v` as in `adam`, uncorrected; `u = m / (sqrt(v) + eps) + weightDecay p`;
 * `r = clamp(|p| / |u|, minCoefficient, maxCoefficient)` per parameter, 1 if either norm is 0;
 * `p = p - lr sqrt(1 - b2^t) / (1 - b1^t) r u`.
 *
 * The paper corrects `m` and `v` inside of `u` and does not clamp. Memory: 8 bytes per element and 8 per parameter.
 *
 * @example
 * lamb({ learningRate: 2e-3, weightDecay: 0.01, maxCoefficient: 0.3 });
 */
export function lamb(options: OptimizerOptions<LambHyperparameters> = {}): OptimizerDefinition {
  const method = trustRatio<LambHyperparameters>({
    before: ({ epsInsideSqrt }) => [
      epsInsideSqrt ? scaleByAdamEpsInsideSqrt : scaleByAdam,
      addDecayedWeights,
    ],
    ratio: lambRatio,
    after: () => [scaleByTrustRatio, scaleByLearningRate],
    scalars: ({ betas, eps, lr, biasCorrection, weightDecay, minCoefficient, maxCoefficient }, { step }) => ({
      ...adamScalars({ betas, eps, biasCorrection: false }, step),
      weightDecay,
      minCoefficient,
      maxCoefficient,
      learningRate: biasCorrection ? (lr * Math.sqrt(1 - betas[1] ** step)) / (1 - betas[0] ** step) : lr,
    }),
  });
  return defineOptimizer({ type: 'Lamb', defaults, method: () => method }, options);
}
