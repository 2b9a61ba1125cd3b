import type {
  Device,
  Layout,
  Optimizer,
  OptimizerInput,
  OptimizerState,
  ParameterGroup,
  Slab,
} from '@ds/tensor';
import { resolveOperand } from '@ds/tensor';
import type { GroupAtWork } from './group-at-work.ts';
import { firstCounters } from './group-at-work.ts';
import type { Hyperparameters, LiveGroup } from './hyperparameters.ts';
import { learningRateAt, requireRates } from './learning-rate.ts';
import { readOptimizerState, restoreOptimizerState } from './optimizer-state.ts';
import type { OptimizerSpecification } from './optimizer-specification.ts';
import type { ResolvedGroup } from './resolve-groups.ts';
import { StateSlabs } from './state-slabs.ts';
import type { UpdateItem } from './update-method.ts';

/** The optimizer behind every definition: groups, counters, schedules and state; the method does the arithmetic. */
export class GroupedOptimizer<S extends Slab, H extends Hyperparameters> implements Optimizer<S> {
  readonly type: string;
  readonly paramGroups: ParameterGroup[];
  readonly stateBytesPerElement: number;
  readonly #layout: Layout;
  readonly #groups: readonly GroupAtWork<S, H>[];
  #steps = 0;
  /** False when a schedule failed for the next step, which asks it again. */
  #hasRates = true;

  constructor(
    specification: OptimizerSpecification<H>,
    device: Device<S>,
    layout: Layout,
    groups: readonly ResolvedGroup<H>[],
  ) {
    this.type = specification.type;
    this.#layout = layout;
    const rates = groups.map((group) => learningRateAt(this.type, group.hyperparameters.learningRate, 0));
    this.#groups = groups.map(({ entries, hyperparameters }, position) => {
      const { learningRate, ...rest } = hyperparameters;
      const group = {
        parameters: entries.map(({ name }) => name),
        lr: rates[position]!,
        ...copyArrays(rest),
      } as unknown as LiveGroup<H>;
      const method = specification.method(hyperparameters);
      const state = new StateSlabs(device, entries);
      const update = method.bind({ device, entries, group, state });
      const counters = entries.map(() => firstCounters(method));
      return { group, learningRate, entries, counters, state, method, update };
    });
    this.paramGroups = this.#groups.map(({ group }) => group);
    const elements = this.#groups.reduce((sum, { state }) => sum + state.elements, 0);
    this.stateBytesPerElement = layout.length === 0 ? 0 : (4 * elements) / layout.length;
  }

  step(input: OptimizerInput<S>): void {
    const { gradientScale = 1 } = input;
    if (!this.#hasRates) this.#writeRates();
    requireRates(this.type, this.paramGroups);
    for (const { group, entries, counters, method, update } of this.#groups) {
      const items: UpdateItem<S>[] = [];
      for (const [index, entry] of entries.entries()) {
        const gradient = input.gradient(entry.name);
        if (gradient === undefined) continue;
        const count = counters[index]!;
        count.step++;
        method.advance?.(count, group);
        const parameter = resolveOperand(input.parameter(entry.name));
        items.push({ entry, index, counters: count, parameter, gradient: resolveOperand(gradient) });
      }
      if (items.length > 0) update.run(items, group.maximize ? -gradientScale : gradientScale);
    }
    this.#steps++;
    this.#writeRatesAhead();
  }

  async stateDict(): Promise<OptimizerState> {
    return readOptimizerState(this.type, this.#groups, this.#steps);
  }

  loadStateDict(state: OptimizerState): void {
    this.#steps = restoreOptimizerState(this.type, this.#layout, this.#groups, state);
    this.#writeRatesAhead();
  }

  /** So that the groups always show what the next step will use. */
  #writeRatesAhead(): void {
    try {
      this.#writeRates();
    } catch {
      // There may be no next step: one that comes throws what the schedule throws.
    }
  }

  /** The rates of schedules for the next step: of all groups, or of none. */
  #writeRates(): void {
    this.#hasRates = false;
    const rates = this.#groups.map(({ group, learningRate }) =>
      typeof learningRate === 'function' ? learningRateAt(this.type, learningRate, this.#steps) : group.lr,
    );
    for (const [index, { group }] of this.#groups.entries()) group.lr = rates[index]!;
    this.#hasRates = true;
  }

  dispose(): void {
    for (const { update, state } of this.#groups) {
      update.dispose();
      state.dispose();
    }
  }
}

/** Groups change their pairs in place, so each needs its own. */
function copyArrays(values: object): object {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
  );
}
