import type { Rule, Slab, Transform, UpdateSlot } from '@ds/tensor';
import { chain, updateRule } from '@ds/tensor';
import { CompiledRules } from './compiled-rules.ts';
import { contiguousRuns } from './contiguous-runs.ts';
import { gradientLinks } from './elementwise-method.ts';
import { gradientRule } from './gradient-rule.ts';
import type { Hyperparameters, LiveGroup } from './hyperparameters.ts';
import type { Counters, GroupContext, GroupUpdate, UpdateItem, UpdateMethod } from './update-method.ts';

/** The rule that turns squared norms of a parameter and of its update into the trust ratio, in the update's place. */
export type RatioRule = Rule<'parameterSquares' | 'updateSquares', string>;

/** An update with one trust ratio per parameter, computed from norms that never leave the device. */
export interface TrustRatioMethod<H extends Hyperparameters> {
  /** The chain whose result the ratio is computed from. */
  before(group: LiveGroup<H>): readonly Transform[];
  readonly ratio: RatioRule;
  /** The chain that applies it; contains `scaleByTrustRatio`. */
  after(group: LiveGroup<H>): readonly Transform[];
  /** The numbers for both chains and the ratio. */
  scalars(group: LiveGroup<H>, counters: Counters): Readonly<Record<string, number>>;
}

/**
 * Makes an update method of it: one pass that leaves the update in the gradient's place, two norms per parameter, one
 * small rule for all ratios, and one pass that applies.
 */
export function trustRatio<H extends Hyperparameters>(method: TrustRatioMethod<H>): UpdateMethod<H> {
  return { bind: (context) => bindTrustRatio(method, context) };
}

interface PreparedRule {
  readonly rule: Rule<UpdateSlot<string>, string>;
  readonly state: readonly string[];
}

function bindTrustRatio<S extends Slab, H extends Hyperparameters>(
  method: TrustRatioMethod<H>,
  { device, entries, group, state }: GroupContext<S, H>,
): GroupUpdate<S> {
  const compiled = new CompiledRules(device);
  const parameterSquares = device.alloc(entries.length);
  const ratios = device.alloc(entries.length);
  const prepared = new Map<string, PreparedRule>();
  const prepare = (
    links: readonly Transform[],
    toRule: (transform: Transform) => Rule<UpdateSlot<string>, string>,
  ): PreparedRule => {
    const key = links.map((link) => link.name).join();
    let known = prepared.get(key);
    if (known === undefined) {
      const transform = chain(...links);
      const kept = transform.state.filter((name) => name !== 'trust_ratio');
      for (const name of kept) state.ensure(name);
      known = { rule: toRule(transform), state: kept };
      prepared.set(key, known);
    }
    return known;
  };
  const before = (): PreparedRule =>
    prepare([...gradientLinks(group), ...method.before(group)], gradientRule);
  const after = (): PreparedRule =>
    prepare(method.after(group), (transform) => ({ ...updateRule(transform), broadcast: ['trust_ratio'] }));
  const operands = (
    names: readonly string[],
    { parameter, gradient, index }: UpdateItem<S>,
  ): Record<string, { slab: S; start: number }> => ({
    parameter,
    gradient,
    trust_ratio: { slab: ratios, start: index },
    ...Object.fromEntries(names.map((name) => [name, state.operand(name, index)])),
  });
  before();
  after();
  return {
    run(items, gradientScale) {
      const common = { gradientScale, clipValue: group.clipValue };
      const first = before();
      for (const run of contiguousRuns(items)) {
        const scalars = { ...method.scalars(group, run.first.counters), ...common };
        compiled.step(first.rule).run(operands(first.state, run.first), scalars, run.length);
      }
      for (const { index, parameter, gradient, entry } of items) {
        device.writeSumOfSquares({ slab: parameterSquares, start: index }, parameter, entry.length);
        device.writeSumOfSquares({ slab: ratios, start: index }, gradient, entry.length);
      }
      // Parameters without a gradient get a ratio of stale norms, which nothing reads.
      compiled
        .step(method.ratio)
        .run({ parameterSquares, updateSquares: ratios }, method.scalars(group, items[0]!.counters));
      const second = after();
      for (const item of items) {
        const scalars = { ...method.scalars(group, item.counters), ...common };
        compiled.step(second.rule).run(operands(second.state, item), scalars, item.entry.length);
      }
    },
    dispose() {
      compiled.dispose();
      device.free(parameterSquares);
      device.free(ratios);
    },
  };
}
