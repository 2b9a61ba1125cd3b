import type { OptimizerDefinition, Transform } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { Hyperparameters, LiveGroup, OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import type { LearningRate } from '../learning-rate.ts';

/**
 * An optimizer of one's own: a chain of transforms and the numbers it is given.
 *
 * @example
 * const transform = scaleByLearningRate;
 * const scalars = ({ lr }: { readonly lr: number }) => ({ learningRate: lr });
 * const plain: CustomOptimizer<never, 'learningRate', object> = { type: 'Plain', transform, scalars };
 */
export interface CustomOptimizer<State extends string, Scalar extends string, Extra extends object> {
  /** A name; state dicts are accepted only from the same. */
  readonly type: string;
  /** The chain, `scaleByLearningRate` last. Unscaling, clipping by value and `maximize` are done before it. */
  readonly transform: Transform<State, Scalar>;
  /** Hyperparameters that groups and options can set, with their defaults. */
  readonly hyperparameters?: Extra;
  /** Default 1e-3. */
  readonly learningRate?: LearningRate;
  /**
   * The numbers for a step, computed in float64.
   *
   * @param step the parameter's step count, from 1.
   */
  readonly scalars: (
    group: LiveGroup<Hyperparameters & Extra>,
    step: number,
  ) => Readonly<Record<Scalar, number>>;
  /** First values of state that does not start from 0. */
  readonly initialState?: Partial<Readonly<Record<State, number>>>;
}

/**
 * Makes an optimizer of a chain, equal in everything to the ones that have a name.
 *
 * @example
 * const signSgd = customOptimizer({
 *   type: 'SignSGD',
 *   transform: chain(scaleByLion, scaleByLearningRate),
 *   hyperparameters: { betas: [0, 0] as [number, number] },
 *   scalars: ({ lr, betas }) => ({ ...momentScalars(betas), learningRate: lr }),
 * });
 * signSgd({ learningRate: 1e-4 }).create({ device, layout });
 */
export function customOptimizer<State extends string, Scalar extends string, Extra extends object = object>({
  type,
  transform,
  hyperparameters,
  learningRate = 1e-3,
  scalars,
  initialState,
}: CustomOptimizer<State, Scalar, Extra>): (
  options?: OptimizerOptions<Hyperparameters & Extra>,
) => OptimizerDefinition {
  type H = Hyperparameters & Extra;
  const defaults = { ...commonDefaults, learningRate, ...hyperparameters } as H;
  const method = elementwise<H>({
    links: () => [transform],
    scalars: (group, { step }) => scalars(group, step),
    initialState: () => (initialState ?? {}) as Record<string, number>,
  });
  return (options = {}) => defineOptimizer({ type, defaults, method: () => method }, options);
}
