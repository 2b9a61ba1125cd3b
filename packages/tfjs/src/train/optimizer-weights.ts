import type { Tensor } from '@tensorflow/tfjs-core';
import { scalar, tensor1d } from '@tensorflow/tfjs-core';
import type { OptimizerState } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';

/** A tensor as tfjs saves it; the interface that tfjs does not export. */
export interface NamedTensor {
  name: string;
  tensor: Tensor;
}

/** The state of variables that were bound together. */
export interface CohortState {
  /** Names of the variables, in layout order. */
  readonly names: readonly string[];
  readonly state: OptimizerState;
}

/** The state without its arrays, which tfjs saves as tensors beside it. */
interface Skeleton {
  readonly names: readonly string[];
  readonly type: string;
  readonly groups: OptimizerState['groups'];
  readonly parameters: Readonly<
    Record<string, { readonly scalars: Readonly<Record<string, number>>; readonly slots: readonly string[] }>
  >;
}

const skeletonName = 'state';

/** Turns states into what `model.save` stores: one string for the structure, one tensor for each array. */
export function encodeStates(cohorts: readonly CohortState[]): NamedTensor[] {
  const skeletons = cohorts.map(({ names, state: { type, groups, parameters } }): Skeleton => {
    const entries = Object.entries(parameters).map(([name, { scalars, tensors }]) => [
      name,
      { scalars, slots: Object.keys(tensors) },
    ]);
    return { names, type, groups, parameters: Object.fromEntries(entries) };
  });
  return [
    { name: skeletonName, tensor: scalar(JSON.stringify(skeletons), 'string') },
    ...cohorts.flatMap(({ state }) =>
      Object.entries(state.parameters).flatMap(([name, { tensors }]) =>
        Object.entries(tensors).map(([slot, values]) => ({
          name: `${name}/${slot}`,
          tensor: tensor1d(values),
        })),
      ),
    ),
  ];
}

/**
 * Reads back what `encodeStates` made.
 *
 * @throws InvalidArgumentError when the weights were saved by an optimizer of tfjs.
 */
export async function decodeStates(weights: readonly NamedTensor[]): Promise<CohortState[]> {
  const byName = new Map(weights.map(({ name, tensor }) => [name, tensor]));
  const text = byName.get(skeletonName);
  if (text?.dtype !== 'string') {
    throw new InvalidArgumentError(
      `These optimizer weights (${[...byName.keys()].slice(0, 4).join(', ') || 'none'}) were not saved by ` +
        `trainOptimizer(). Load the model without its optimizer, and compile it with a fresh one.`,
    );
  }
  const [json] = await text.data<'string'>();
  return Promise.all(
    (JSON.parse(json!) as Skeleton[]).map(async ({ names, type, groups, parameters }) => {
      const entries = Object.entries(parameters).map(async ([name, { scalars, slots }]) => {
        const tensors = slots.map(async (slot) => [
          slot,
          Float32Array.from(await byName.get(`${name}/${slot}`)!.data<'float32'>()),
        ]);
        return [name, { scalars, tensors: Object.fromEntries(await Promise.all(tensors)) }];
      });
      return { names, state: { type, groups, parameters: Object.fromEntries(await Promise.all(entries)) } };
    }),
  );
}

/**
 * Finds the variables that saved names mean now.
 *
 * tfjs makes names unique by appending `_1`, `_2`, ..., so a model that is loaded beside another has other names than
 * when it was saved. A name means itself where it is among `present`, else the one present name that differs in such
 * an ending only. A variable that is not present but exists keeps its state too.
 *
 * @throws InvalidArgumentError when a saved name fits none, or several.
 */
export function renameStates(
  cohorts: readonly CohortState[],
  present: readonly string[],
  exists: (name: string) => boolean,
): CohortState[] {
  const rename = (name: string): string => {
    if (present.includes(name)) return name;
    const similar = present.filter((other) => stripEnding(other) === stripEnding(name));
    if (similar.length === 1) return similar[0]!;
    if (similar.length === 0 && exists(name)) return name;
    throw new InvalidArgumentError(
      `The saved optimizer state is of variable "${name}", which ${similar.length === 0 ? 'no variable' : `several (${similar.join(', ')})`} ` +
        `of the model fits. Its variables: ${present.join(', ')}.`,
    );
  };
  return cohorts.map(({ names, state: { type, groups, parameters } }) => ({
    names: names.map(rename),
    state: {
      type,
      groups: groups.map((group) => ({
        ...group,
        ...(Array.isArray(group['parameters'])
          ? { parameters: (group['parameters'] as string[]).map(rename) }
          : {}),
      })),
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, saved]) => [rename(name), saved]),
      ),
    },
  }));
}

function stripEnding(name: string): string {
  return name.replace(/_\d+$/, '');
}
