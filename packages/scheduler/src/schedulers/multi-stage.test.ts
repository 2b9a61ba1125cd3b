import { expect, test } from 'vitest';
import { createScheduler } from '../create-scheduler.ts';
import type { SchedulerConfig } from '../scheduler-config.ts';

function trace(config: SchedulerConfig, steps: number, metric?: number): number[] {
  const group = { lr: 1 };
  const scheduler = createScheduler({ paramGroups: [group] }, config);
  const lrs = [group.lr];
  for (let step = 0; step < steps; step++) {
    scheduler.step(metric);
    lrs.push(group.lr);
  }
  return lrs;
}

test('each stage begins anew from the base lr; the last goes on', () => {
  const config: SchedulerConfig = {
    type: 'MultiStage',
    params: {
      stages: [
        { steps: 2, type: 'ConstantLR', params: { factor: 0.25, total_iters: 9 } },
        { steps: 3, type: 'StepLR', params: { step_size: 1, gamma: 0.5 } },
        { steps: 2, type: 'ExponentialLR', params: { gamma: 0.1 } },
      ],
    },
  };
  const expected = [0.25, 0.25, 1, 0.5, 0.25, 1, 0.1, 0.01, 0.001];
  expect(trace(config, 8)).toEqual(expected.map((lr) => expect.closeTo(lr, 14)));
});

test('is SequentialLR with lengths for milestones', () => {
  const first = { type: 'LinearLR', params: { start_factor: 0.1, total_iters: 7 } } as const;
  const second = { type: 'CosineAnnealingLR', params: { T_max: 11 } } as const;
  const third = { type: 'StepLR', params: { step_size: 3 } } as const;
  const stages = [{ steps: 7, ...first }, { steps: 12, ...second }, third];
  const sequential = { schedulers: [first, second, third], milestones: [7, 19] };
  expect(trace({ type: 'MultiStage', params: { stages } }, 40)).toEqual(
    trace({ type: 'SequentialLR', params: sequential }, 40),
  );
});

test('a stage may watch a metric, and its memory starts with it', () => {
  const plateau = { type: 'ReduceLROnPlateau', params: { patience: 1, factor: 0.5 } } as const;
  const stages = [{ steps: 5, ...plateau }, plateau];
  // The first step of a stage is its beginning; then one metric sets the mark and two are worse.
  expect(trace({ type: 'MultiStage', params: { stages } }, 9, 3)).toEqual([
    1, 1, 1, 0.5, 0.5, 1, 1, 1, 0.5, 0.5,
  ]);
});

test('stages may hold stages', () => {
  const inner: SchedulerConfig = {
    type: 'MultiStage',
    params: { stages: [{ steps: 1, type: 'ExponentialLR', params: { gamma: 0.5 } }, { type: 'ConstantLR' }] },
  };
  const lrs = trace({ type: 'MultiStage', params: { stages: [{ steps: 3, ...inner }, inner] } }, 5);
  const third = expect.closeTo(1 / 3, 14) as unknown as number;
  expect(lrs).toEqual([1, third, third, 1, third, third]);
});
