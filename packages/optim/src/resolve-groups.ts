import type { Layout, LayoutEntry } from '@ds/tensor';
import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import { checkHyperparameter } from './check-hyperparameter.ts';
import type { GroupOptions, OptimizerOptions, ParameterSelector } from './hyperparameters.ts';

/** A group's parameters, in layout order, with its hyperparameters. */
export interface ResolvedGroup<H> {
  readonly entries: readonly LayoutEntry[];
  readonly hyperparameters: H;
}

/**
 * Fills in defaults and checks every value.
 *
 * @throws UnknownNameError for an option that the optimizer does not have; InvalidArgumentError for a value.
 */
export function completeHyperparameters<H extends object>(type: string, defaults: H, given: Partial<H>): H {
  const known = Object.keys(defaults);
  const complete = { ...defaults } as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    if (name === 'groups' || name === 'parameters' || value === undefined) continue;
    if (!known.includes(name)) throw new UnknownNameError(`option of ${type}`, name, known);
    checkHyperparameter(type, name, name, value);
    complete[name] = value;
  }
  return complete as H;
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
  const base = completeHyperparameters(type, defaults, options);
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
    return { entries, hyperparameters: completeHyperparameters(type, base, group) };
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
