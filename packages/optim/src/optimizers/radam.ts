import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { radamScalars, scaleByRadam } from '../transforms/scale-by-radam.ts';
import { withWeightDecay } from './adam.ts';

/**
 * The hyperparameters of `radam`.
 *
 * @example
 * const options: OptimizerOptions<RadamHyperparameters> = { decoupledWeightDecay: true };
 */
export interface RadamHyperparameters extends Hyperparameters {
  /** Default `[0.9, 0.999]`. */
  readonly betas: readonly [number, number];
  /** Default 1e-8. */
  readonly eps: number;
  /** Default false: L2. */
  readonly decoupledWeightDecay: boolean;
}

const defaults: RadamHyperparameters = {
  ...commonDefaults,
  learningRate: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  decoupledWeightDecay: false,
};

/**
 * RAdam: Adam that waits until its variance can be trusted (Liu et al. 2020).
 *
 * `m` and `v` as in `adam`; `rho_t = rhoInf - 2 t b2^t / (1 - b2^t)` with `rhoInf = 2 / (1 - b2) - 1`; while
 * `rho_t <= 5`: `p = p - lr mHat`; then `p = p - lr r_t mHat sqrt(1 - b2^t) / (sqrt(v) + eps)`.
 *
 * PyTorch adds the `eps` before the correction of `v`, unlike in its Adam; so does this. Memory: 8 bytes per element.
 *
 * @example
 * radam({ learningRate: 1e-3 });
 */
export function radam(options: OptimizerOptions<RadamHyperparameters> = {}): OptimizerDefinition {
  const method = elementwise<RadamHyperparameters>({
    links: ({ decoupledWeightDecay }) => withWeightDecay(scaleByRadam, decoupledWeightDecay),
    scalars: (group, { step }) => ({
      ...radamScalars(group, step),
      weightDecay: group.weightDecay,
      learningRate: group.lr,
    }),
  });
  return defineOptimizer({ type: 'RAdam', defaults, method: () => method }, options);
}
