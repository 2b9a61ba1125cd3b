import { InvalidArgumentError } from './error.ts';
import type { Transform } from './transform.ts';

type StateOf<T> = T extends Transform<infer State, string> ? State : never;
type ScalarOf<T> = T extends Transform<string, infer Scalar> ? Scalar : never;

/**
 * Composes transforms: each takes the update that the one before it returns.
 *
 * The result is one transform, so a chain of any length compiles to one fused pass over memory. A chain of none
 * returns the update unchanged.
 *
 * @throws InvalidArgumentError when two links use one name for a state or a scalar: they would share it.
 *
 * @example
 * const adamw = chain(scaleByAdam, addDecayedWeights, scaleByLearningRate);
 */
export function chain<const Links extends readonly Transform[]>(
  ...links: Links
): Transform<StateOf<Links[number]>, ScalarOf<Links[number]>> {
  type State = StateOf<Links[number]>;
  type Scalar = ScalarOf<Links[number]>;
  const transforms = links as unknown as readonly Transform<State, Scalar>[];
  const state = transforms.flatMap((link) => link.state);
  const scalars = transforms.flatMap((link) => link.scalars);
  rejectRepeats('state', state, transforms);
  rejectRepeats('scalar', scalars, transforms);
  return {
    name: transforms.map((link) => link.name).join('_') || 'identity',
    state,
    scalars,
    update(algebra, update, context) {
      let current = update;
      const changed: Partial<Record<State, typeof update>> = {};
      for (const link of transforms) {
        const result = link.update(algebra, current, context);
        current = result.update;
        Object.assign(changed, result.state);
      }
      return { update: current, state: changed };
    },
  };
}

function rejectRepeats(
  what: 'state' | 'scalar',
  names: readonly string[],
  transforms: readonly { readonly name: string }[],
): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new InvalidArgumentError(
      `Two links of the chain ${transforms.map((link) => link.name).join(' -> ')} have a ${what} named ` +
        `"${repeated}". Give one of them another name.`,
    );
  }
}
