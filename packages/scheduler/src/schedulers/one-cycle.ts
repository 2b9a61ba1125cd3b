import { closedFormNode } from '../closed-form-node.ts';
import { momentumKey } from '../momentum.ts';
import type { NodeContext, NodeFactory } from '../node.ts';
import { belowOne, integer, nonNegative, positive } from '../number-kind.ts';
import { oneCyclePosition } from './one-cycle-position.ts';

/** Momentum may decay upwards past 1 in DeepSpeed, where an optimizer diverges; it stops here. */
const momentumCeiling = 0.999;

/** DeepSpeed's `OneCycle`: the lr up and down once, momentum against it, then both decay. */
export const oneCycle: NodeFactory = (context) => {
  const { params } = context;
  params.allow(
    'cycle_min_lr',
    'cycle_max_lr',
    'decay_lr_rate',
    'cycle_first_step_size',
    'cycle_second_step_size',
    'cycle_first_stair_count',
    'cycle_second_stair_count',
    'decay_step_size',
    'cycle_momentum',
    'cycle_min_mom',
    'cycle_max_mom',
    'decay_mom_rate',
  );
  const first = params.number('cycle_first_step_size', positive, 2000);
  const second = params.optionalNumber('cycle_second_step_size', nonNegative) ?? first;
  const firstStairs = params.number('cycle_first_stair_count', integer, 0);
  const secondStairs = params.optionalNumber('cycle_second_stair_count', integer) ?? firstStairs;
  const decayStep = params.number('decay_step_size', nonNegative, 0);
  const minLrs = params.perGroup('cycle_min_lr', nonNegative);
  const maxLrs = params.perGroup('cycle_max_lr', nonNegative);
  const lrRate = params.number('decay_lr_rate', nonNegative, 0);
  const position = oneCyclePosition({ first, second, firstStairs, secondStairs });
  /** Decay intervals since the cycle ended. */
  const decayed = (n: number): number => (decayStep === 0 ? 0 : (n - (first + second) + 1) / decayStep);

  return closedFormNode(context, {
    counter: 'last_batch_iteration',
    lr(n, group) {
      const min = minLrs[group]!;
      if (n < first + second) return min + (maxLrs[group]! - min) * position(n + 1);
      return min / (1 + lrRate * decayed(n));
    },
    momentum: readMomentum(context, first + second, position, decayed),
  });
};

function readMomentum(
  context: NodeContext,
  total: number,
  position: (offset: number) => number,
  decayed: (n: number) => number,
): { readonly key: 'betas'; at(n: number, group: number): number } | undefined {
  const { params } = context;
  const wanted = params.boolean('cycle_momentum', true);
  const minMoms = params.perGroup('cycle_min_mom', belowOne, 0.8);
  const maxMoms = params.perGroup('cycle_max_mom', belowOne, 0.9);
  const rate = params.number('decay_mom_rate', nonNegative, 0);
  if (!wanted) return undefined;
  if (momentumKey(context) !== 'betas') {
    context.warn(`${context.where}: cycle_momentum is disabled because the parameter groups have no betas.`);
    return undefined;
  }
  return {
    key: 'betas',
    at(n, group) {
      const [min, max] = [minMoms[group]!, maxMoms[group]!];
      if (n < 0) return min;
      if (n < total) return max - (max - min) * position(n + 1);
      return Math.min(max * (1 + rate * decayed(n)), Math.max(max, momentumCeiling));
    },
  };
}
