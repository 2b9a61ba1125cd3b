import type { Layout, OptimizerState, Slab } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import { checkHyperparameter } from './check-hyperparameter.ts';
import type { GroupAtWork } from './group-at-work.ts';
import { firstCounters } from './group-at-work.ts';
import type { Hyperparameters } from './hyperparameters.ts';

type Groups<S extends Slab, H extends Hyperparameters> = readonly GroupAtWork<S, H>[];
type SavedParameter = OptimizerState['parameters'][string];

/**
 * Copies an optimizer's state: hyperparameters by group, counters and arrays by parameter name.
 *
 * Everything is taken at the moment of the call, although the arrays arrive later. Schedules and other functions are
 * code, not state, and are left out.
 */
export async function readOptimizerState<S extends Slab, H extends Hyperparameters>(
  type: string,
  groups: Groups<S, H>,
  steps: number,
): Promise<OptimizerState> {
  const savedGroups = groups.map(({ group }) => ({
    ...copyData(group),
    steps,
  }));
  const counted = groups.map(({ counters }) => counters.map((count) => ({ ...count })));
  const arrays = await Promise.all(groups.map(({ state }) => state.read()));
  const parameters: Record<string, SavedParameter> = {};
  for (const [position, { entries, state }] of groups.entries()) {
    for (const [index, { name }] of entries.entries()) {
      const scalars = counted[position]![index]!;
      if (scalars.step === 0) continue;
      const tensors: Record<string, Float32Array> = {};
      for (const [key, values] of arrays[position]!) {
        if (state.length(key, index) > 0 || entries[index]!.length === 0) {
          tensors[key] = state.slice(key, index, values);
        }
      }
      parameters[name] = { scalars, tensors };
    }
  }
  return { type, groups: savedGroups, parameters };
}

/** Copies what is data, one level deep; functions stay behind. */
function copyData(group: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(group)
      .filter(([, value]) => typeof value !== 'function')
      .map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
  );
}

/**
 * Puts a saved state in the place of the present one; nothing is changed when it does not fit.
 *
 * Parameters that the saved state does not have start anew, as they would have there.
 *
 * @returns the number of steps taken when it was saved.
 * @throws InvalidArgumentError when it belongs to another optimizer type, other parameters or other shapes.
 */
export function restoreOptimizerState<S extends Slab, H extends Hyperparameters>(
  type: string,
  layout: Layout,
  groups: Groups<S, H>,
  saved: OptimizerState,
): number {
  if (saved.type !== type) {
    throw new InvalidArgumentError(
      `The state was saved by ${saved.type}, and this is ${type}. Create the optimizer that saved it, or start ` +
        `without its state.`,
    );
  }
  for (const name of Object.keys(saved.parameters)) layout.entry(name);
  const matches = groups.map((own) => matchGroup(type, own, saved));
  for (const own of groups) checkTensors(type, own, saved);

  for (const [position, own] of groups.entries()) {
    restoreHyperparameters(own.group, matches[position]!);
    for (const [index, { name }] of own.entries.entries()) {
      const parameter = saved.parameters[name];
      own.counters[index] = { ...firstCounters(own.method), ...parameter?.scalars };
      for (const key of own.state.names) own.state.write(key, index, parameter?.tensors[key]);
    }
  }
  return Number(saved.groups[0]?.['steps'] ?? 0);
}

/** The saved group of the same parameters. Positions do not count: the layout may have been reordered. */
function matchGroup<S extends Slab, H extends Hyperparameters>(
  type: string,
  { group }: GroupAtWork<S, H>,
  saved: OptimizerState,
): Readonly<Record<string, unknown>> {
  const own = new Set(group.parameters);
  const match = saved.groups.find(({ parameters }) => {
    const names = Array.isArray(parameters) ? (parameters as unknown[]) : [];
    return names.length === own.size && names.every((name) => own.has(name as string));
  });
  if (match === undefined) {
    throw new InvalidArgumentError(
      `${type}: no group of the saved state has the parameters ${group.parameters.join(', ') || '(none)'}. ` +
        `Create the optimizer with the groups it was saved with.`,
    );
  }
  for (const [name, value] of Object.entries(match)) {
    if (name in group) checkHyperparameter(type, name, name === 'lr' ? 'learningRate' : name, value);
  }
  return match;
}

function checkTensors<S extends Slab, H extends Hyperparameters>(
  type: string,
  { entries, state }: GroupAtWork<S, H>,
  saved: OptimizerState,
): void {
  for (const [index, { name, shape }] of entries.entries()) {
    const parameter = saved.parameters[name];
    if (parameter === undefined) continue;
    for (const key of state.names) {
      const expected = state.length(key, index);
      const given = parameter.tensors[key]?.length ?? 0;
      if (given !== expected) {
        throw new InvalidArgumentError(
          `${type}: the saved ${key} of parameter "${name}" has ${given} elements; its shape here, ` +
            `[${shape.join(', ')}], needs ${expected}. The state belongs to another model or other options.`,
        );
      }
    }
    const unknown = Object.keys(parameter.tensors).find((key) => !state.names.includes(key));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(
        `${type}: the saved state of parameter "${name}" has "${unknown}", which this optimizer does not keep ` +
          `(it keeps ${state.names.join(', ') || 'nothing'}). Create it with the options it was saved with.`,
      );
    }
  }
}

function restoreHyperparameters(group: object, saved: Readonly<Record<string, unknown>>): void {
  const target = group as Record<string, unknown>;
  for (const [name, value] of Object.entries(saved)) {
    if (name === 'parameters' || !(name in target) || typeof target[name] === 'function') continue;
    target[name] = Array.isArray(value) ? [...(value as unknown[])] : value;
  }
}
