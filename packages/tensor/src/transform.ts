import type { Algebra } from './algebra.ts';
import type { Rule } from './rule.ts';

/** What a transform may read besides the update that reaches it. */
export interface TransformContext<T, State extends string, Scalar extends string> {
  /** The parameter before this step. */
  readonly parameter: T;
  /** The transform's own state before this step. */
  readonly state: Readonly<Record<State, T>>;
  readonly scalars: Readonly<Record<Scalar, T>>;
}

/**
 * One link of an optimizer: turns the update that reaches it (the gradient, for the first link) into another.
 *
 * Optimizers are chains of transforms; a chain is again one transform, and compiles to one pass over memory.
 * The idea is optax's `GradientTransformation` (google-deepmind/optax, `_src/base.py`).
 */
export interface Transform<State extends string = string, Scalar extends string = string> {
  readonly name: string;
  /** Names of the per-element state it keeps, for example `exp_avg`. */
  readonly state: readonly State[];
  /** Names of the numbers it is given at each step. */
  readonly scalars: readonly Scalar[];
  /** Returns the new update, and the state it changes. */
  update<T>(
    algebra: Algebra<T>,
    update: T,
    context: TransformContext<T, State, Scalar>,
  ): { readonly update: T; readonly state?: Partial<Record<State, T>> };
}

/** The slots of an update rule: the parameter, its gradient and the chain's state. */
export type UpdateSlot<State extends string> = 'parameter' | 'gradient' | State;

/**
 * Turns a transform into the rule that applies it: `parameter = parameter + update(gradient)`.
 *
 * The last link must therefore point downhill, as `scaleByLearningRate` of `@ds/optim` makes it.
 *
 * @example
 * const scaleByRate: Transform<never, 'rate'> = {
 *   name: 'sgd',
 *   state: [],
 *   scalars: ['rate'],
 *   update: ({ constant, mul }, g, { scalars }) => ({ update: mul(mul(constant(-1), scalars.rate), g) }),
 * };
 * updateRule(scaleByRate).slots; // ['parameter', 'gradient']
 */
export function updateRule<State extends string, Scalar extends string>(
  transform: Transform<State, Scalar>,
): Rule<UpdateSlot<State>, Scalar> {
  return {
    name: transform.name,
    slots: ['parameter', 'gradient', ...transform.state],
    scalars: transform.scalars,
    update(algebra, slots, scalars) {
      const { parameter, gradient } = slots;
      const result = transform.update(algebra, gradient, { parameter, state: slots, scalars });
      return { ...result.state, parameter: algebra.add(parameter, result.update) } as Partial<
        Record<UpdateSlot<State>, typeof parameter>
      >;
    },
  };
}
