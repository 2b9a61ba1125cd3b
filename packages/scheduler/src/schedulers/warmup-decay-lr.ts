import { closedFormNode } from '../closed-form-node.ts';
import type { NodeFactory } from '../node.ts';
import { nonNegative, positiveInteger } from '../number-kind.ts';
import { readWarmupGamma, warnOfShortTotal } from './warmup-gamma.ts';

/** DeepSpeed's `WarmupDecayLR`: from min to max (0.001 unless given), then straight back to min. */
export const warmupDecayLR: NodeFactory = (context) => {
  const { params } = context;
  params.allow('total_num_steps', 'warmup_min_lr', 'warmup_max_lr', 'warmup_num_steps', 'warmup_type');
  const total = params.number('total_num_steps', positiveInteger);
  const gamma = readWarmupGamma(context);
  const minLrs = params.perGroup('warmup_min_lr', nonNegative, 0);
  const maxLrs = params.perGroup('warmup_max_lr', nonNegative, 1e-3);
  warnOfShortTotal(context, total, gamma);
  const decay = (n: number): number => Math.max(0, (total - n) / Math.max(1, total - gamma.steps));
  return closedFormNode(context, {
    counter: 'last_batch_iteration',
    lr(n, group) {
      const min = minLrs[group]!;
      if (n < 0) return min;
      return min + (maxLrs[group]! - min) * (n < gamma.steps ? gamma.at(n) : decay(n));
    },
  });
};
