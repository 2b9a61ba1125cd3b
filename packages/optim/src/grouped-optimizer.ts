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
import { learningRateAt } from './learning-rate.ts';
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

  constructor(
    specification: OptimizerSpecification<H>,
    device: Device<S>,
    layout: Layout,
    groups: readonly ResolvedGroup<H>[],
  ) {
    this.type = specification.type;
    this.#layout = layout;
    this.#groups = groups.map(({ entries, hyperparameters }) => {
      const { learningRate, ...rest } = hyperparameters;
      const group = {
        parameters: entries.map(({ name }) => name),
        lr: learningRateAt(learningRate, 0),
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
    for (const { group, learningRate, entries, counters, method, update } of this.#groups) {
      if (typeof learningRate === 'function') group.lr = learningRate(this.#steps);
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
  }

  async stateDict(): Promise<OptimizerState> {
    return readOptimizerState(this.type, this.#groups, this.#steps);
  }

  loadStateDict(state: OptimizerState): void {
    this.#steps = restoreOptimizerState(this.type, this.#layout, this.#groups, state);
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
