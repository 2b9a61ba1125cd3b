import { closedFormNode } from '../closed-form-node.ts';
import type { NodeFactory } from '../node.ts';
import { nonNegative, positiveInteger } from '../number-kind.ts';
import { readWarmupGamma, warnOfShortTotal } from './warmup-gamma.ts';

/** DeepSpeed's `WarmupCosineLR`: ratios of each group's own lr, up and then down along a cosine. */
export const warmupCosineLR: NodeFactory = (context) => {
  const { params } = context;
  params.allow('total_num_steps', 'warmup_min_ratio', 'warmup_num_steps', 'cos_min_ratio', 'warmup_type');
  const total = params.number('total_num_steps', positiveInteger);
  const gamma = readWarmupGamma(context);
  const warmupMin = params.number('warmup_min_ratio', nonNegative, 0);
  const cosMin = params.number('cos_min_ratio', nonNegative, 1e-4);
  warnOfShortTotal(context, total, gamma);
  const ratio = (n: number): number => {
    if (n < 0) return 0;
    if (n < gamma.steps) return warmupMin + gamma.at(n) * (1 - warmupMin);
    const progress = Math.min(1, (n - gamma.steps + 1) / Math.max(1, total - gamma.steps));
    return Math.max(0, cosMin + ((1 - cosMin) * (1 + Math.cos(Math.PI * progress))) / 2);
  };
  return closedFormNode(context, {
    counter: 'last_batch_iteration',
    lr: (n, group) => context.baseLrs[group]! * ratio(n),
  });
};
