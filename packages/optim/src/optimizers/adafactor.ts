import type { OptimizerDefinition } from '@ds/tensor';
import type { AdafactorHyperparameters } from '../adafactor-method.ts';
import { adafactorMethod } from '../adafactor-method.ts';
import { defineOptimizer } from '../define-optimizer.ts';
import type { OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';

const defaults: AdafactorHyperparameters = {
  ...commonDefaults,
  learningRate: 1e-2,
  beta2Decay: -0.8,
  eps1: 2 ** -23,
  eps2: 1e-3,
  clipThreshold: 1,
};

/**
 * Adafactor (Shazeer and Stern 2018) as `torch.optim.Adafactor` has it.
 *
 * `1 - b2 = t^beta2Decay`; `rho = min(lr, 1 / sqrt(t))`; `alpha = max(eps2, RMS(p)) rho`; `p = (1 - lr weightDecay) p`;
 * of two or more dimensions, with `R`, `C` the running means of `g^2` over columns and over rows:
 * `vHat = R C / max(mean(R), eps1)`, else `vHat` is the running mean itself; `u = g / sqrt(max(vHat, eps1^2))`;
 * `p = p - alpha u / max(1, RMS(u) / clipThreshold)`.
 *
 * Dimensions before the last two count as a batch of matrices. Memory: `4 / rows + 4 / columns` bytes per element of a
 * matrix, 4 of a vector, and scratch of the size of the largest matrix parameter.
 *
 * @example
 * adafactor({ learningRate: 0.01 });
 */
export function adafactor(options: OptimizerOptions<AdafactorHyperparameters> = {}): OptimizerDefinition {
  return defineOptimizer({ type: 'Adafactor', defaults, method: () => adafactorMethod }, options);
}
