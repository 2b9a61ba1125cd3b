import { closedFormNode } from '../closed-form-node.ts';
import type { NodeFactory } from '../node.ts';
import { nonNegative } from '../number-kind.ts';
import { readWarmupGamma } from './warmup-gamma.ts';

/** DeepSpeed's `WarmupLR`: from min to max (each group's own lr unless given), then constant. */
export const warmupLR: NodeFactory = (context) => {
  const { params } = context;
  params.allow('warmup_min_lr', 'warmup_max_lr', 'warmup_num_steps', 'warmup_type');
  const gamma = readWarmupGamma(context);
  const minLrs = params.perGroup('warmup_min_lr', nonNegative, 0);
  const maxLrs = params.optionalPerGroup('warmup_max_lr', nonNegative);
  return closedFormNode(context, {
    counter: 'last_batch_iteration',
    lr(n, group) {
      const min = minLrs[group]!;
      const delta = (maxLrs ?? context.baseLrs)[group]! - min;
      if (n < 0) return min;
      return min + delta * (n < gamma.steps ? gamma.at(n) : 1);
    },
  });
};
