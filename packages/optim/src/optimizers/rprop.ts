import type { OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import { stepByRprop } from '../transforms/step-by-rprop.ts';

/**
 * The hyperparameters of `rprop`; it has no weight decay.
 *
 * @example
 * const options: OptimizerOptions<RpropHyperparameters> = { stepSizes: [1e-6, 1] };
 */
export interface RpropHyperparameters extends Hyperparameters {
  /** Factors of the step size when the gradient turns and when it does not. Default `[0.5, 1.2]`. */
  readonly etas: readonly [number, number];
  /** Smallest and largest step size. Default `[1e-6, 50]`. */
  readonly stepSizes: readonly [number, number];
}

const defaults: RpropHyperparameters = {
  ...commonDefaults,
  learningRate: 1e-2,
  etas: [0.5, 1.2],
  stepSizes: [1e-6, 50],
};

/**
 * Resilient backpropagation (Riedmiller and Braun 1993), for gradients of the whole data set.
 *
 * Each element has a step size `s`, at first the learning rate: `s = s * etas[1]` where the gradient keeps its sign,
 * `s * etas[0]` where it turns (and there the gradient counts as 0), within `stepSizes`; `p = p - sign(g) s`.
 * Later changes of the learning rate have no effect, as in PyTorch. Memory: 8 bytes per element.
 *
 * @example
 * rprop({ learningRate: 0.01 });
 */
export function rprop(options: OptimizerOptions<RpropHyperparameters> = {}): OptimizerDefinition {
  const method = elementwise<RpropHyperparameters>({
    links: () => [stepByRprop],
    scalars: ({ etas, stepSizes }) => ({
      shrinkage: etas[0],
      growth: etas[1],
      smallest: stepSizes[0],
      largest: stepSizes[1],
    }),
    initialState: ({ lr }) => ({ step_size: lr }),
  });
  return defineOptimizer({ type: 'Rprop', defaults, method: () => method }, options);
}
