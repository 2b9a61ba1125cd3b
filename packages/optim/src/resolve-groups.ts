import type { Layout, LayoutEntry } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import { checkHyperparameter } from './check-hyperparameter.ts';
import type { GroupOptions, OptimizerOptions, ParameterSelector } from './hyperparameters.ts';
import { unknownOption } from './unknown-option.ts';

/** A group's parameters, in layout order, with its hyperparameters. */
export interface ResolvedGroup<H> {
  readonly entries: readonly LayoutEntry[];
  readonly hyperparameters: H;
}

/**
 * Fills in defaults and checks every value.
 *
 * @param besides what `given` has beside hyperparameters: groups, or, as a group, its parameters.
 * @throws UnknownNameError for an option that the optimizer does not have; InvalidArgumentError for a value.
 */
export function completeHyperparameters<H extends object>(
  type: string,
  defaults: H,
  given: Partial<H>,
  besides: 'groups' | 'parameters',
): H {
  const known = Object.keys(defaults);
  const complete = { ...defaults } as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    if (name === besides || value === undefined) continue;
    if (!known.includes(name)) throw unknownOption(`option of ${type}`, name, [...known, besides]);
    checkHyperparameter(type, name, name, value);
    complete[name] = value;
  }
  return complete as H;
}

/**
 * Checks that groups are a list, and that each says which parameters it takes.
 *
 * @throws InvalidArgumentError
 */
export function requireGroups(type: string, groups: unknown): void {
  if (!Array.isArray(groups)) {
    throw new InvalidArgumentError(
      `${type}: groups must be a list of { parameters, ... }; got ${typeof groups}.`,
    );
  }
  for (const [index, group] of groups.entries()) {
    const { parameters, ...rest } = Object(group) as {
      readonly parameters?: unknown;
      readonly params?: unknown;
    };
    if (typeof parameters === 'function' || isNames(parameters)) continue;
    const hint = parameters === undefined && 'params' in rest ? ' Did you mean that by "params"?' : '';
    throw new InvalidArgumentError(
      `${type}: group ${index} must have "parameters": a list of names, or a function (entry) => boolean.${hint}`,
    );
  }
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

/**
 * Deals the parameters of a layout out to groups: the first group that selects a parameter gets it, the rest form
 * the last group.
 *
 * @throws UnknownNameError when a group names a parameter that does not exist; InvalidArgumentError when a group gets
 * none.
 */
export function resolveGroups<H extends object>(
  type: string,
  layout: Layout,
  defaults: H,
  options: OptimizerOptions<H>,
): ResolvedGroup<H>[] {
  const base = completeHyperparameters(type, defaults, options, 'groups');
  const left = new Set(layout.entries);
  const groups = (options.groups ?? []).map((group: GroupOptions<H>, index) => {
    const selected = selectEntries(layout, group.parameters);
    const entries = layout.entries.filter((entry) => left.has(entry) && selected.has(entry));
    if (entries.length === 0) {
      throw new InvalidArgumentError(
        `${type}: group ${index} gets no parameter: ` +
          (selected.size === 0
            ? 'its `parameters` select none of the layout.'
            : 'earlier groups take all that it selects.') +
          ' Remove it, or correct `parameters`.',
      );
    }
    for (const entry of entries) left.delete(entry);
    return { entries, hyperparameters: completeHyperparameters(type, base, group, 'parameters') };
  });
  const rest = layout.entries.filter((entry) => left.has(entry));
  return rest.length > 0 || groups.length === 0
    ? [...groups, { entries: rest, hyperparameters: base }]
    : groups;
}

function selectEntries(layout: Layout, selector: ParameterSelector): Set<LayoutEntry> {
  return new Set(
    typeof selector === 'function'
      ? layout.entries.filter(selector)
      : selector.map((name) => layout.entry(name)),
  );
}
