import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { adamScalars } from '../transforms/scale-by-adam.ts';
import { scaleByNadam } from '../transforms/scale-by-nadam.ts';
import { withWeightDecay } from './adam.ts';

/**
 * The hyperparameters of `nadam`.
 *
 * @example
 * const options: OptimizerOptions<NadamHyperparameters> = { momentumDecay: 1e-3 };
 */
export interface NadamHyperparameters extends Hyperparameters {
  /** Default `[0.9, 0.999]`. */
  readonly betas: readonly [number, number];
  /** Default 1e-8. */
  readonly eps: number;
  /** How fast momentum rises to `betas[0]`. Default 4e-3. */
  readonly momentumDecay: number;
  /** Default false: L2. */
  readonly decoupledWeightDecay: boolean;
}

const defaults: NadamHyperparameters = {
  ...commonDefaults,
  learningRate: 2e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  momentumDecay: 4e-3,
  decoupledWeightDecay: false,
};

/** The momentum of step `t`: `b1 (1 - 0.96^(t momentumDecay) / 2)`. */
function momentumAt(
  { betas, momentumDecay }: { readonly betas: readonly [number, number]; readonly momentumDecay: number },
  step: number,
): number {
  return betas[0] * (1 - 0.5 * 0.96 ** (step * momentumDecay));
}

/**
 * NAdam: Adam with Nesterov's momentum (Dozat 2016).
 *
 * `m` and `v` as in `adam`; `mu_t = b1 (1 - 0.96^(t momentumDecay) / 2)`, `M_t = mu_1 ... mu_t`;
 * `p = p - lr ((1 - mu_t) / (1 - M_t) g + mu_(t+1) / (1 - M_(t+1)) m) / (sqrt(vHat) + eps)`.
 *
 * The product `M_t` is a counter, `mu_product`, rounded to float32 as in PyTorch. Memory: 8 bytes per element.
 *
 * @example
 * nadam({ learningRate: 2e-3, weightDecay: 0.01, decoupledWeightDecay: true });
 */
export function nadam(options: OptimizerOptions<NadamHyperparameters> = {}): OptimizerDefinition {
  const method = elementwise<NadamHyperparameters>({
    counters: { mu_product: 1 },
    advance(counters, group) {
      const momentum = Math.fround(momentumAt(group, counters.step));
      counters['mu_product'] = Math.fround((counters['mu_product'] ?? 1) * momentum);
    },
    links: ({ decoupledWeightDecay }) => withWeightDecay(scaleByNadam, decoupledWeightDecay),
    scalars: (group, { step, mu_product: product = 1 }) => {
      const next = momentumAt(group, step + 1);
      return {
        ...adamScalars(group, step),
        gradientFactor: (1 - momentumAt(group, step)) / (1 - product),
        momentumFactor: next / (1 - product * next),
        weightDecay: group.weightDecay,
        learningRate: group.lr,
      };
    },
  });
  return defineOptimizer({ type: 'NAdam', defaults, method: () => method }, options);
}
