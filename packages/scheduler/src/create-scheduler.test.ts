import { expect, test } from 'vitest';
import { createScheduler } from './create-scheduler.ts';
import { SchedulerError, type SchedulerErrorFacts } from './error.ts';
import type { ParamGroup } from './optimizer.ts';
import type { SchedulerConfig } from './scheduler-config.ts';

/** An optimizer with two groups and no momentum. */
const makeOptimizer = (): { readonly paramGroups: ParamGroup[] } => ({
  paramGroups: [{ lr: 0.1 }, { lr: 0.2 }],
});

function errorOf(config: unknown, optimizer: unknown): SchedulerError {
  try {
    createScheduler(optimizer as ReturnType<typeof makeOptimizer>, config as SchedulerConfig);
  } catch (error) {
    if (SchedulerError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const nested = (config: unknown): unknown => ({ type: 'ChainedScheduler', params: { schedulers: [config] } });

const wrong: readonly (readonly [string, unknown, Partial<SchedulerErrorFacts>, string])[] = [
  [
    'type in lower case',
    { type: 'warmuplr' },
    { code: 'unknown-type', nearest: 'WarmupLR' },
    "Unknown scheduler type 'warmuplr'. Did you mean 'WarmupLR'? There are: LRRangeTest, OneCycle,",
  ],
  [
    'type near nothing',
    { type: 'Zzz' },
    { code: 'unknown-type' },
    "Unknown scheduler type 'Zzz'. There are:",
  ],
  [
    'a name from Object',
    { type: 'toString' },
    { code: 'unknown-type' },
    "Unknown scheduler type 'toString'.",
  ],
  [
    'nested type',
    nested({ type: 'StepLr2' }),
    { nearest: 'StepLR' },
    "'StepLr2' in ChainedScheduler.schedulers[0]. Did you mean 'StepLR'?",
  ],
  ['no type', { params: {} }, { subject: 'type' }, 'expected a config { type, params }'],
  ['no config', undefined, { subject: 'type' }, 'got nothing'],
  [
    'key beside params',
    { type: 'WarmupLR', parms: {} },
    { nearest: 'params' },
    "unknown parameter 'parms'. Did you mean 'params'?",
  ],
  [
    'parameter',
    { type: 'WarmupLR', params: { warmup_steps: 3 } },
    { code: 'unknown-parameter', nearest: 'warmup_num_steps' },
    "WarmupLR: unknown parameter 'warmup_steps'. Did you mean 'warmup_num_steps'? It takes: warmup_min_lr,",
  ],
  [
    'missing parameter',
    { type: 'WarmupDecayLR' },
    { code: 'missing-parameter', subject: 'total_num_steps' },
    "WarmupDecayLR: the required parameter 'total_num_steps' is missing; give it a positive integer.",
  ],
  [
    'nested missing',
    nested({ type: 'StepLR' }),
    { subject: 'step_size' },
    'ChainedScheduler.schedulers[0] (StepLR): the required',
  ],
  [
    'string for number',
    { type: 'StepLR', params: { step_size: '30' } },
    { code: 'invalid-value', given: '30' },
    "StepLR: 'step_size' must be a positive integer, got '30' (string).",
  ],
  ['null for number', { type: 'StepLR', params: { step_size: null } }, {}, 'got null'],
  [
    'NaN',
    { type: 'ExponentialLR', params: { gamma: NaN } },
    {},
    "'gamma' must be a finite number >= 0, got NaN",
  ],
  [
    'string for boolean',
    { type: 'LRRangeTest', params: { lr_range_test_staircase: 'true' } },
    {},
    "must be true or false, got 'true' (string)",
  ],
  [
    'choice',
    { type: 'CyclicLR', params: { base_lr: 0, max_lr: 1, mode: 'triangle' } },
    { nearest: 'triangular' },
    "Did you mean 'triangular'?",
  ],
  [
    'number for text',
    { type: 'WarmupLR', params: { warmup_type: 3 } },
    {},
    "'warmup_type' must be a string, got 3",
  ],
  [
    'list for params',
    { type: 'WarmupLR', params: [] },
    { subject: 'params' },
    "'params' must be an object of parameters, got [] (list)",
  ],
  [
    'list length',
    { type: 'WarmupLR', params: { warmup_min_lr: [1, 2, 3] } },
    {},
    "'warmup_min_lr' must be a number or a list of 2, one per parameter group, got [1, 2, 3] (list).",
  ],
  [
    'list item',
    { type: 'WarmupLR', params: { warmup_max_lr: [1, -2] } },
    { subject: 'warmup_max_lr[1]' },
    'got -2',
  ],
  [
    'milestones',
    { type: 'MultiStepLR', params: { milestones: 5 } },
    {},
    "'milestones' must be a list, got 5",
  ],
  [
    'milestone',
    { type: 'MultiStepLR', params: { milestones: [1, 2.5] } },
    { subject: 'milestones[1]' },
    'got 2.5',
  ],
  [
    'momentum',
    { type: 'OneCycle', params: { cycle_min_lr: 0, cycle_max_lr: 1, cycle_max_mom: 1 } },
    { subject: 'cycle_max_mom' },
    'less than 1, got 1',
  ],
  ['factor 1', { type: 'ReduceLROnPlateau', params: { factor: 1 } }, {}, 'at least 0 and less than 1, got 1'],
  ['factor 0', { type: 'ConstantLR', params: { factor: 0 } }, {}, 'greater than 0 and at most 1, got 0'],
  [
    'no total',
    { type: 'OneCycleLR', params: { max_lr: 1, epochs: 2 } },
    { subject: 'total_steps' },
    "give 'total_steps', or both 'epochs' and 'steps_per_epoch'",
  ],
  [
    'empty phase',
    { type: 'OneCycleLR', params: { max_lr: 1, total_steps: 10, pct_start: 0.1, cycle_momentum: false } },
    { subject: 'pct_start' },
    'no phase of the 10 steps is empty',
  ],
  [
    'nothing to cycle',
    { type: 'CyclicLR', params: { base_lr: 0, max_lr: 1 } },
    { code: 'invalid-optimizer' },
    'needs betas or momentum in every parameter group',
  ],
  [
    'no schedulers',
    { type: 'SequentialLR', params: { schedulers: [], milestones: [] } },
    {},
    'a list of at least one { type, params }',
  ],
  [
    'too few milestones',
    {
      type: 'SequentialLR',
      params: { schedulers: [{ type: 'WarmupLR' }, { type: 'WarmupLR' }], milestones: [] },
    },
    {},
    "'milestones' must be a list of 1, one less than schedulers",
  ],
  [
    'falling milestones',
    {
      type: 'SequentialLR',
      params: {
        schedulers: [{ type: 'WarmupLR' }, { type: 'WarmupLR' }, { type: 'WarmupLR' }],
        milestones: [5, 5],
      },
    },
    {},
    'increasing, from 1 on',
  ],
  [
    'plateau in a chain',
    nested({ type: 'ReduceLROnPlateau' }),
    {},
    'a scheduler that needs no metric (MultiStage takes those that do)',
  ],
  [
    'no stages',
    { type: 'MultiStage', params: { stages: [] } },
    {},
    'a list of at least one { steps, type, params }',
  ],
  [
    'stage without steps',
    { type: 'MultiStage', params: { stages: [{ type: 'WarmupLR' }, { type: 'WarmupLR' }] } },
    { subject: 'steps' },
    "MultiStage.stages[0]: the required parameter 'steps' is missing",
  ],
  [
    'stage null',
    { type: 'MultiStage', params: { stages: [null] } },
    { subject: 'type' },
    'MultiStage.stages[0]: expected a config',
  ],
];

test.each(wrong)('refuses: %s', (_, config, facts, message) => {
  const error = errorOf(config, makeOptimizer());
  expect(error.message).toContain(message);
  expect(error.facts).toMatchObject(facts);
});

test.each([
  [undefined, 'expected an optimizer with paramGroups'],
  [{ paramGroups: [] }, 'at least one, got an object { paramGroups }'],
  [{ paramGroups: [{ lr: 1 }, { lr: NaN }] }, 'paramGroups[1].lr to be a finite number >= 0, got NaN'],
])('refuses the optimizer %o', (optimizer, message) => {
  const error = errorOf({ type: 'WarmupLR' }, optimizer);
  expect(error.message).toContain(message);
  expect(error.facts.code).toBe('invalid-optimizer');
});

test('a refused config leaves the optimizer as it was', () => {
  const optimizer = makeOptimizer();
  errorOf(
    { type: 'MultiStage', params: { stages: [{ steps: 3, type: 'WarmupLR' }, { type: 'Nope' }] } },
    optimizer,
  );
  expect(optimizer).toEqual(makeOptimizer());
});

test('params may be left out where all have defaults', () => {
  const groups = [{ lr: 0.1 }];
  expect(createScheduler({ paramGroups: groups }, { type: 'WarmupLR' }).getLastLr()).toEqual([0]);
});

test('the odd but allowed is in warnings', () => {
  const warnings = (config: unknown): readonly string[] =>
    createScheduler({ paramGroups: [{ lr: 1, momentum: 0.9 }] }, config as SchedulerConfig).warnings;
  expect(warnings({ type: 'WarmupLR' })).toEqual([]);
  expect(warnings({ type: 'WarmupLR', params: { warmup_type: 'liner' } })).toEqual([
    "WarmupLR: unknown warmup_type 'liner', using 'log'. There are 'log' and 'linear'.",
  ]);
  const short = { total_num_steps: 5, warmup_num_steps: 9 };
  expect(warnings({ type: 'WarmupDecayLR', params: short })[0]).toContain(
    '5 is less than warmup_num_steps 9',
  );
  expect(warnings({ type: 'WarmupCosineLR', params: short })[0]).toContain(
    '5 is less than warmup_num_steps 9',
  );
  const oneCycle = { type: 'OneCycle', params: { cycle_min_lr: 0, cycle_max_lr: 1 } };
  expect(warnings(oneCycle)[0]).toContain('cycle_momentum is disabled');
});

test('ReduceLROnPlateau needs its metric', () => {
  const scheduler = createScheduler(makeOptimizer(), { type: 'ReduceLROnPlateau' });
  expect(() => scheduler.step()).toThrow(/step\(metric\) needs the watched value, got nothing/u);
  expect(() => scheduler.step(NaN)).not.toThrow();
});

test('OneCycleLR may not be stepped past its end, and stays where it is', () => {
  const groups = [{ lr: 0.1 }];
  const params = { max_lr: 1, total_steps: 3, pct_start: 0.5, cycle_momentum: false };
  const scheduler = createScheduler({ paramGroups: groups }, { type: 'OneCycleLR', params });
  for (let step = 0; step < 3; step++) scheduler.step();
  const state = scheduler.stateDict();
  expect(() => scheduler.step()).toThrow(/stepped 4 times, but total_steps is 3/u);
  expect(scheduler.stateDict()).toEqual(state);
});
