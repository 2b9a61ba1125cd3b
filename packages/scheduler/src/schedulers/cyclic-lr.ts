import { closedFormNode } from '../closed-form-node.ts';
import type { NodeFactory } from '../node.ts';
import { nonNegative, positive } from '../number-kind.ts';
import { readCycledMomentum } from './cycled-momentum.ts';

/** PyTorch's `CyclicLR`: up and down for ever, momentum against it; the height may shrink. */
export const cyclicLR: NodeFactory = (context) => {
  const { params } = context;
  params.allow(
    'base_lr',
    'max_lr',
    'step_size_up',
    'step_size_down',
    'mode',
    'gamma',
    'cycle_momentum',
    'base_momentum',
    'max_momentum',
  );
  const baseLrs = params.perGroup('base_lr', nonNegative);
  const maxLrs = params.perGroup('max_lr', nonNegative);
  const up = params.number('step_size_up', positive, 2000);
  const down = params.optionalNumber('step_size_down', nonNegative) ?? up;
  const mode = params.choice('mode', ['triangular', 'triangular2', 'exp_range'], 'triangular');
  const gamma = params.number('gamma', nonNegative, 1);
  const momentum = readCycledMomentum(context, 0.8, 0.9);
  const total = up + down;
  const ratio = up / total;

  const height = (epoch: number, cycle: number): number =>
    mode === 'triangular' ? 1 : mode === 'triangular2' ? 1 / 2 ** (cycle - 1) : gamma ** epoch;
  /** The height above the base times `range`, rounded in PyTorch's order. */
  const rise = (epoch: number, range: number): number => {
    const cycle = Math.floor(1 + epoch / total);
    const x = 1 + epoch / total - cycle;
    return range * (x <= ratio ? x / ratio : (x - 1) / (ratio - 1)) * height(epoch, cycle);
  };

  return closedFormNode(context, {
    counter: 'last_epoch',
    lr: (epoch, group) => baseLrs[group]! + rise(epoch, maxLrs[group]! - baseLrs[group]!),
    momentum: momentum && {
      key: momentum.key,
      at: (epoch, group) => momentum.max[group]! - rise(epoch, momentum.max[group]! - momentum.base[group]!),
    },
  });
};
