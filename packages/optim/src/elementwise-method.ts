import type { Rule, Slab, Transform, UpdateSlot } from '@ds/tensor';
import { chain, updateRule } from '@ds/tensor';
import { CompiledRules } from './compiled-rules.ts';
import { contiguousRuns } from './contiguous-runs.ts';
import type { Hyperparameters, LiveGroup } from './hyperparameters.ts';
import { clipByValue } from './transforms/clip-by-value.ts';
import { scaleGradient } from './transforms/scale-gradient.ts';
import type { Counters, GroupContext, GroupUpdate, UpdateMethod } from './update-method.ts';

/** An update that treats every element alike: a chain of transforms, run as one rule. */
export interface ElementwiseMethod<H extends Hyperparameters> extends Pick<
  UpdateMethod<H>,
  'counters' | 'advance'
> {
  /** The chain for the group as it is now; `scaleGradient` and `clipByValue` come before it by themselves. */
  links(group: LiveGroup<H>): readonly Transform[];
  /** The numbers for the chain; more than it needs may be given. */
  scalars(group: LiveGroup<H>, counters: Counters): Readonly<Record<string, number>>;
  /** First values of state that does not start from 0. */
  initialState?(group: LiveGroup<H>): Readonly<Record<string, number>>;
}

/** The links that every chain begins with: unscaling, then clipping by value where it is asked for. */
export function gradientLinks(group: { readonly clipValue: number }): readonly Transform[] {
  return group.clipValue > 0 ? [scaleGradient, clipByValue] : [scaleGradient];
}

interface PreparedRule {
  readonly rule: Rule<UpdateSlot<string>, string>;
  /** Names of the state it reads. */
  readonly state: readonly string[];
}

/** Makes an update method of an elementwise chain. */
export function elementwise<H extends Hyperparameters>(method: ElementwiseMethod<H>): UpdateMethod<H> {
  // Groups share rule objects, which devices compile once.
  const rules = new Map<string, PreparedRule>();
  return { ...method, bind: (context) => bindElementwise(method, rules, context) };
}

function bindElementwise<S extends Slab, H extends Hyperparameters>(
  method: ElementwiseMethod<H>,
  rules: Map<string, PreparedRule>,
  { device, group, state }: GroupContext<S, H>,
): GroupUpdate<S> {
  const compiled = new CompiledRules(device);
  const prepare = (): PreparedRule => {
    // Which links there are can change with the hyperparameters: a momentum of 0 needs no buffer.
    const links = [...gradientLinks(group), ...method.links(group)];
    const key = links.map((link) => link.name).join();
    let prepared = rules.get(key);
    if (prepared === undefined) {
      const transform = chain(...links);
      prepared = { rule: updateRule(transform), state: transform.state };
      rules.set(key, prepared);
    }
    const initial = method.initialState?.(group);
    for (const name of prepared.state) state.ensure(name, { initial: initial?.[name] ?? 0 });
    return prepared;
  };
  prepare();
  return {
    run(items, gradientScale) {
      const { rule, state: names } = prepare();
      const step = compiled.step(rule);
      for (const { first, length } of contiguousRuns(items)) {
        const operands: Record<string, { slab: S; start: number }> = {
          parameter: first.parameter,
          gradient: first.gradient,
        };
        for (const name of names) operands[name] = state.operand(name, first.index);
        const scalars = {
          ...method.scalars(group, first.counters),
          gradientScale,
          clipValue: group.clipValue,
        };
        step.run(operands, scalars, length);
      }
    },
    dispose: () => compiled.dispose(),
  };
}
