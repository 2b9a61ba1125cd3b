import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScheduler } from './create-scheduler.ts';
import { SchedulerError } from './error.ts';
import type { LRScheduler } from './lr-scheduler.ts';
import type { ParamGroup } from './optimizer.ts';
import type { SchedulerConfig } from './scheduler-config.ts';
import { schedulerTypes } from './scheduler-factories.ts';

/** One config of every type, with its parts short enough for 60 steps to reach them all. */
const configs: readonly SchedulerConfig[] = [
  { type: 'LRRangeTest', params: { lr_range_test_step_size: 7, lr_range_test_staircase: true } },
  {
    type: 'OneCycle',
    params: {
      cycle_min_lr: [0.01, 0.02],
      cycle_max_lr: 0.1,
      cycle_first_step_size: 9,
      decay_step_size: 3,
      decay_lr_rate: 0.1,
      decay_mom_rate: 0.01,
    },
  },
  { type: 'WarmupLR', params: { warmup_num_steps: 20 } },
  { type: 'WarmupDecayLR', params: { total_num_steps: 40, warmup_num_steps: 10 } },
  { type: 'WarmupCosineLR', params: { total_num_steps: 40, warmup_num_steps: 10, warmup_min_ratio: 0.1 } },
  { type: 'StepLR', params: { step_size: 7 } },
  { type: 'MultiStepLR', params: { milestones: [5, 30] } },
  { type: 'ConstantLR', params: { total_iters: 20 } },
  { type: 'LinearLR', params: { total_iters: 20 } },
  { type: 'ExponentialLR', params: { gamma: 0.97 } },
  { type: 'PolynomialLR', params: { total_iters: 40, power: 2 } },
  { type: 'CosineAnnealingLR', params: { T_max: 20, eta_min: 1e-4 } },
  { type: 'CosineAnnealingWarmRestarts', params: { T_0: 5, T_mult: 2 } },
  {
    type: 'CyclicLR',
    params: { base_lr: 0.01, max_lr: 0.1, step_size_up: 6, mode: 'exp_range', gamma: 0.98 },
  },
  { type: 'OneCycleLR', params: { max_lr: [0.1, 0.2], total_steps: 90, three_phase: true } },
  { type: 'ReduceLROnPlateau', params: { patience: 2, cooldown: 1, factor: 0.5 } },
  {
    type: 'SequentialLR',
    params: {
      schedulers: [
        { type: 'LinearLR', params: { total_iters: 10 } },
        { type: 'CyclicLR', params: { base_lr: 0.01, max_lr: 0.1, step_size_up: 6 } },
        { type: 'ChainedScheduler', params: { schedulers: [{ type: 'StepLR', params: { step_size: 5 } }] } },
      ],
      milestones: [10, 30],
    },
  },
  {
    type: 'ChainedScheduler',
    params: {
      schedulers: [
        { type: 'ConstantLR', params: { factor: 0.1, total_iters: 20 } },
        { type: 'CosineAnnealingLR', params: { T_max: 30 } },
      ],
    },
  },
  {
    type: 'MultiStage',
    params: {
      stages: [
        { steps: 12, type: 'WarmupLR', params: { warmup_num_steps: 12 } },
        { steps: 20, type: 'ReduceLROnPlateau', params: { patience: 1 } },
        { type: 'ExponentialLR', params: { gamma: 0.9 } },
      ],
    },
  },
];

const makeGroups = (scale = 1): ParamGroup[] => [
  { lr: 0.1 * scale, betas: [0.9, 0.999] },
  { lr: 0.02 * scale, betas: [0.85, 0.95] },
];

/** A made-up falling loss with plateaus. */
const metricAt = (step: number): number => Math.floor((60 - step) / 7) + Math.sin(step);

function advance(scheduler: LRScheduler, from: number, to: number): void {
  for (let step = from; step < to; step++) scheduler.step(metricAt(step));
}

test('there is a config of every type', () => {
  expect(configs.map((config) => config.type).toSorted()).toEqual([...schedulerTypes].toSorted());
});

describe.each(configs)('$type', (config) => {
  test('goes on from its state, through JSON, exactly', () => {
    fc.assert(
      fc.property(fc.nat({ max: 60 }), fc.nat({ max: 25 }), (before, after) => {
        const groups = makeGroups();
        const scheduler = createScheduler({ paramGroups: groups }, config);
        advance(scheduler, 0, before);
        const state = JSON.parse(JSON.stringify(scheduler.stateDict())) as Record<string, unknown>;

        // Another starting lr: what counts is in the state.
        const resumedGroups = makeGroups(3);
        const resumed = createScheduler({ paramGroups: resumedGroups }, config);
        resumed.loadStateDict(state);
        expect(resumedGroups).toEqual(groups);
        expect(resumed.getLastLr()).toEqual(scheduler.getLastLr());
        expect(resumed.stateDict()).toEqual(scheduler.stateDict());

        advance(scheduler, before, before + after);
        advance(resumed, before, before + after);
        expect(resumedGroups).toEqual(groups);
        expect(resumed.stateDict()).toEqual(scheduler.stateDict());
      }),
      { numRuns: 25 },
    );
  });

  test('getLastLr is what the groups have, and a copy', () => {
    const groups = makeGroups();
    const scheduler = createScheduler({ paramGroups: groups }, config);
    for (let step = 0; step < 60; step++) {
      expect(scheduler.getLastLr()).toEqual(groups.map((group) => group.lr));
      scheduler.getLastLr().fill(7);
      scheduler.step(metricAt(step));
    }
  });

  test('the second beta stays the optimizer’s, and its betas list is not changed', () => {
    const groups = makeGroups();
    const lists = groups.map((group) => group.betas!);
    const scheduler = createScheduler({ paramGroups: groups }, config);
    advance(scheduler, 0, 60);
    expect(groups.map((group) => group.betas![1])).toEqual([0.999, 0.95]);
    expect(lists).toEqual([
      [0.9, 0.999],
      [0.85, 0.95],
    ]);
  });

  test('refuses a damaged or foreign state and changes nothing', () => {
    const groups = makeGroups();
    const scheduler = createScheduler({ paramGroups: groups }, config);
    advance(scheduler, 0, 10);
    const earlier = scheduler.stateDict();
    advance(scheduler, 10, 35);
    const state = scheduler.stateDict();
    const groupsBefore = structuredClone(groups);
    const damaged: readonly Record<string, unknown>[] = [
      {},
      { ...earlier, type: 'NoSuchLR' },
      { ...earlier, _last_lr: [0.1] },
      { ...earlier, _last_lr: [0.1, 'x'] },
      { ...earlier, base_lrs: [NaN, 1] },
      { ...earlier, last_epoch: -7, last_batch_iteration: 1.5, _schedulers: 3 },
    ];
    for (const bad of damaged) {
      expect(() => scheduler.loadStateDict(bad)).toThrow(SchedulerError);
      expect(groups).toEqual(groupsBefore);
      expect(scheduler.stateDict()).toEqual(state);
    }
  });

  test('notices that the optimizer has other groups now', () => {
    const optimizer = { paramGroups: makeGroups() };
    const scheduler = createScheduler(optimizer, config);
    optimizer.paramGroups.push({ lr: 1 });
    expect(() => scheduler.step(1)).toThrow(/made for 2 parameter groups, but the optimizer now has 3/u);
  });
});
