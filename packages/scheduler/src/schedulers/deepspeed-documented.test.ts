import { describe, expect, test } from 'vitest';
import { createScheduler } from '../create-scheduler.ts';
import type { ParamGroup } from '../optimizer.ts';
import type { SchedulerConfig } from '../scheduler-config.ts';

/** The lr after construction and after each of `steps` steps. */
function trace(config: SchedulerConfig, steps: number, group: ParamGroup = { lr: 0.1 }): number[] {
  const scheduler = createScheduler({ paramGroups: [group] }, config);
  const lrs = [group.lr];
  for (let step = 0; step < steps; step++) {
    scheduler.step();
    lrs.push(group.lr);
  }
  return lrs;
}

const close = (values: readonly number[]): unknown[] => values.map((value) => expect.closeTo(value, 9));

/** Runs of DeepSpeed 0.19.6 as printed, 7 to 10 digits. */
const runs: readonly (readonly [string, SchedulerConfig, readonly number[]])[] = [
  [
    'LRRangeTest',
    { type: 'LRRangeTest', params: { lr_range_test_step_size: 4 } },
    [0.001, 0.00125, 0.0015, 0.00175, 0.002, 0.00225, 0.0025, 0.00275, 0.003, 0.00325],
  ],
  [
    'LRRangeTest in stairs',
    { type: 'LRRangeTest', params: { lr_range_test_step_size: 4, lr_range_test_staircase: true } },
    [0.001, 0.001, 0.001, 0.001, 0.002, 0.002, 0.002, 0.002, 0.003, 0.003],
  ],
  [
    'OneCycle',
    {
      type: 'OneCycle',
      params: { cycle_min_lr: 0.01, cycle_max_lr: 0.1, cycle_first_step_size: 4, cycle_second_step_size: 6 },
    },
    [0.01, 0.0325, 0.055, 0.0775, 0.1, 0.085, 0.07, 0.055, 0.04, 0.025, 0.01, 0.01],
  ],
  [
    'OneCycle with decay',
    {
      type: 'OneCycle',
      params: {
        cycle_min_lr: 0.01,
        cycle_max_lr: 0.1,
        cycle_first_step_size: 2,
        decay_lr_rate: 0.5,
        decay_step_size: 2,
      },
    },
    [0.01, 0.055, 0.1, 0.055, 0.01, 0.008, 0.0066666667, 0.0057142857, 0.005, 0.0044444444, 0.004],
  ],
  [
    'OneCycle in stairs',
    {
      type: 'OneCycle',
      params: { cycle_min_lr: 0.01, cycle_max_lr: 0.1, cycle_first_step_size: 8, cycle_first_stair_count: 2 },
    },
    [
      0.01,
      ...Array.from({ length: 3 }, () => 0.01),
      0.055,
      0.055,
      0.055,
      0.055,
      0.1,
      0.055,
      0.055,
      0.055,
      0.055,
      0.01,
    ],
  ],
  [
    'WarmupLR, log',
    { type: 'WarmupLR', params: { warmup_num_steps: 5 } },
    [0, 0, 0.043067656, 0.068260619, 0.086135312, 0.1, 0.1],
  ],
  [
    'WarmupLR, linear',
    { type: 'WarmupLR', params: { warmup_num_steps: 5, warmup_type: 'linear' } },
    [0, 0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.1],
  ],
  [
    'WarmupDecayLR',
    {
      type: 'WarmupDecayLR',
      params: {
        total_num_steps: 10,
        warmup_min_lr: 0.01,
        warmup_max_lr: 0.1,
        warmup_num_steps: 4,
        warmup_type: 'linear',
      },
    },
    [0.01, 0.01, 0.0325, 0.055, 0.0775, 0.1, 0.085, 0.07, 0.055, 0.04, 0.025, 0.01, 0.01, 0.01],
  ],
  [
    'WarmupCosineLR',
    {
      type: 'WarmupCosineLR',
      params: { total_num_steps: 10, warmup_num_steps: 4, cos_min_ratio: 0.01, warmup_type: 'linear' },
    },
    [0, 0, 0.025, 0.05, 0.075, 0.0933682575, 0.07525, 0.0505, 0.02575, 0.0076317425, 0.001, 0.001],
  ],
];

test.each(runs)('%s prints what DeepSpeed printed', (_, config, lrs) => {
  expect(trace(config, lrs.length - 1)).toEqual(close(lrs));
});

/** Cases of DeepSpeed's tests/unit/runtime/test_lr_schedulers.py. */
describe('what DeepSpeed tests of its schedulers', () => {
  test.each([10, 15, 19, 33])('WarmupLR over %i steps starts at min, ends at max and stays', (steps) => {
    for (const type of ['log', 'linear'] as const) {
      const params = { warmup_min_lr: 0.1, warmup_max_lr: 0.2, warmup_num_steps: steps, warmup_type: type };
      const lrs = trace({ type: 'WarmupLR', params }, 2 * steps);
      expect(lrs[0]).toBe(0.1);
      expect(new Set(lrs.slice(steps + 1))).toEqual(new Set([0.2]));
    }
  });

  test.each([
    [100, 10, 0.1, 0.2],
    [200, 20, 0.1, 0.2],
    [500, 30, 0, 0.2],
    [600, 300, 0.1, 0],
    [600, 550, 0, 0],
  ])('WarmupCosineLR of %i steps, %i of them warm-up', (total, steps, cosMin, warmupMin) => {
    const params = {
      total_num_steps: total,
      warmup_num_steps: steps,
      cos_min_ratio: cosMin,
      warmup_min_ratio: warmupMin,
    };
    const after = trace({ type: 'WarmupCosineLR', params }, total, { lr: 0.0015 }).slice(1);
    expect(after[0]).toBeCloseTo(0.0015 * warmupMin, 10);
    expect(after[steps - 1]).toBeCloseTo(0.0015, 10);
    expect(after[total - 1]).toBeCloseTo(0.0015 * cosMin, 10);
  });

  test('OneCycle per group: both groups at their peak and back together', () => {
    const groups: ParamGroup[] = [
      { lr: 1, betas: [0.5, 0.999] },
      { lr: 1, betas: [0.5, 0.98] },
    ];
    const scheduler = createScheduler(
      { paramGroups: groups },
      {
        type: 'OneCycle',
        params: {
          cycle_min_lr: [0.001, 0.002],
          cycle_max_lr: [0.01, 0.02],
          cycle_min_mom: [0.8, 0.85],
          cycle_max_mom: [0.9, 0.95],
          cycle_first_step_size: 5,
        },
      },
    );
    const first = (): number[] => groups.map((group) => group.betas![0]);
    for (let step = 0; step < 5; step++) scheduler.step();
    expect(scheduler.getLastLr()).toEqual(close([0.01, 0.02]));
    expect(first()).toEqual(close([0.8, 0.85]));
    for (let step = 0; step < 5; step++) scheduler.step();
    expect(scheduler.getLastLr()).toEqual([0.001, 0.002]);
    expect(first()).toEqual([0.9, 0.95]);
    expect(groups.map((group) => group.betas![1])).toEqual([0.999, 0.98]);
  });
});
