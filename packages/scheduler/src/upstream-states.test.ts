import { expect, test } from 'vitest';
import { createScheduler } from './create-scheduler.ts';
import type { SchedulerConfig } from './scheduler-config.ts';

/** What PyTorch's and DeepSpeed's `state_dict()` hold, as far as JSON can: keys of no use here are ignored. */

test('DeepSpeed: a count', () => {
  const group = { lr: 0.1 };
  const params = { warmup_num_steps: 10, warmup_type: 'linear' } as const;
  const scheduler = createScheduler({ paramGroups: [group] }, { type: 'WarmupLR', params });
  scheduler.loadStateDict({ last_batch_iteration: 4 });
  expect(group.lr).toBeCloseTo(0.04, 15);
  expect(scheduler.getLastLr()).toEqual([group.lr]);
  scheduler.loadStateDict({ last_batch_iteration: -1 });
  expect(scheduler.getLastLr()).toEqual([0]);
});

test('PyTorch: one scheduler', () => {
  const group = { lr: 0.1 };
  const scheduler = createScheduler({ paramGroups: [group] }, { type: 'StepLR', params: { step_size: 3 } });
  const state = {
    step_size: 3,
    gamma: 0.1,
    base_lrs: [0.5],
    last_epoch: 4,
    _step_count: 5,
    _last_lr: [0.05],
  };
  scheduler.loadStateDict(state);
  expect(group.lr).toBe(0.05);
  scheduler.step();
  scheduler.step();
  expect(group.lr).toBeCloseTo(0.005, 15);
});

test('PyTorch: schedulers in schedulers, the second not begun', () => {
  const group = { lr: 1 };
  const config: SchedulerConfig = {
    type: 'SequentialLR',
    params: {
      schedulers: [
        { type: 'ConstantLR', params: { factor: 0.5, total_iters: 9 } },
        { type: 'CyclicLR', params: { base_lr: 0.2, max_lr: 0.4, step_size_up: 2, cycle_momentum: false } },
      ],
      milestones: [3],
    },
  };
  const scheduler = createScheduler({ paramGroups: [group] }, config);
  scheduler.loadStateDict({
    _milestones: [3],
    last_epoch: 2,
    _last_lr: [0.5],
    _schedulers: [
      { base_lrs: [1], last_epoch: 2, _step_count: 3, _last_lr: [0.5] },
      { base_lrs: [0.2], last_epoch: -1, _step_count: 1, _last_lr: [0.2] },
    ],
  });
  const lrs = [group.lr];
  for (let step = 0; step < 3; step++) {
    scheduler.step();
    lrs.push(group.lr);
  }
  expect(lrs).toEqual([0.5, 0.2, expect.closeTo(0.3, 14), expect.closeTo(0.4, 14)]);
});
