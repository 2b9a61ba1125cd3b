import { closedFormNode } from '../closed-form-node.ts';
import { SchedulerError } from '../error.ts';
import type { NodeContext, NodeFactory } from '../node.ts';
import { fraction, nonNegative, positive, positiveInteger } from '../number-kind.ts';
import { readCycledMomentum } from './cycled-momentum.ts';

/** One phase, in steps and as levels of the lr: 0 initial, 1 max, 2 min. Momentum is at its base at level 1. */
interface Phase {
  readonly end: number;
  readonly from: 0 | 1 | 2;
  readonly to: 0 | 1 | 2;
}

/** PyTorch's `OneCycleLR`: up to `max_lr`, down below the start, momentum against it; it may not be overrun. */
export const oneCycleLR: NodeFactory = (context) => {
  const { params, where } = context;
  params.allow(
    'max_lr',
    'total_steps',
    'epochs',
    'steps_per_epoch',
    'pct_start',
    'anneal_strategy',
    'cycle_momentum',
    'base_momentum',
    'max_momentum',
    'div_factor',
    'final_div_factor',
    'three_phase',
  );
  const total = readTotalSteps(context);
  const pctStart = params.number('pct_start', fraction, 0.3);
  const strategy = params.choice('anneal_strategy', ['cos', 'linear'], 'cos');
  const maxLrs = params.perGroup('max_lr', nonNegative);
  const divFactor = params.number('div_factor', positive, 25);
  const finalDivFactor = params.number('final_div_factor', positive, 1e4);
  const phases = phasesOf(total, pctStart, params.boolean('three_phase', false));
  const momentum = readCycledMomentum(context, 0.85, 0.95);

  const anneal = (from: number, to: number, progress: number): number =>
    strategy === 'cos'
      ? to + ((from - to) / 2) * (Math.cos(Math.PI * progress) + 1)
      : (to - from) * progress + from;
  const at = (epoch: number, levels: readonly [number, number, number]): number => {
    if (epoch > total) {
      throw new SchedulerError(`${where}: stepped ${epoch} times, but total_steps is ${total}.`, {
        code: 'past-the-end',
        where,
        subject: 'total_steps',
        given: epoch,
        expected: `at most ${total} steps`,
      });
    }
    const found = phases.findIndex((phase) => epoch <= phase.end);
    const index = found < 0 ? phases.length - 1 : found;
    const phase = phases[index]!;
    const start = index === 0 ? 0 : phases[index - 1]!.end;
    if (phase.end === start) {
      params.refuse('pct_start', `such that no phase of the ${total} steps is empty`, pctStart);
    }
    return anneal(levels[phase.from], levels[phase.to], (epoch - start) / (phase.end - start));
  };

  return closedFormNode(context, {
    counter: 'last_epoch',
    lr(epoch, group) {
      const initial = maxLrs[group]! / divFactor;
      return at(epoch, [initial, maxLrs[group]!, initial / finalDivFactor]);
    },
    momentum: momentum && {
      key: momentum.key,
      at: (epoch, group) => at(epoch, [momentum.max[group]!, momentum.base[group]!, momentum.max[group]!]),
    },
  });
};

function readTotalSteps({ params, where }: NodeContext): number {
  const total = params.optionalNumber('total_steps', positiveInteger);
  const epochs = params.optionalNumber('epochs', positiveInteger);
  const perEpoch = params.optionalNumber('steps_per_epoch', positiveInteger);
  if (total !== undefined) return total;
  if (epochs !== undefined && perEpoch !== undefined) return epochs * perEpoch;
  throw new SchedulerError(`${where}: give 'total_steps', or both 'epochs' and 'steps_per_epoch'.`, {
    code: 'missing-parameter',
    where,
    subject: 'total_steps',
    expected: 'a positive integer',
  });
}

function phasesOf(total: number, pctStart: number, threePhase: boolean): readonly Phase[] {
  const rise: Phase = { end: pctStart * total - 1, from: 0, to: 1 };
  if (!threePhase) return [rise, { end: total - 1, from: 1, to: 2 }];
  return [rise, { end: 2 * pctStart * total - 2, from: 1, to: 0 }, { end: total - 1, from: 0, to: 2 }];
}
