import { createLayout } from '@ds/tensor';
import { createArrayDevice } from '@ds/tensor/testing';
import { expect, test } from 'vitest';
import { train } from '../test/harness.ts';
import { adamW, biasesAndNorms, rmsprop, sgd } from './index.ts';

const layout = createLayout([
  { name: 'a/kernel', shape: [2, 2] },
  { name: 'a/bias', shape: [2] },
  { name: 'norm/gain', shape: [1, 2], group: 'norm' },
  { name: 'b/kernel', shape: [2, 2] },
]);
const device = createArrayDevice();

test('the first group that selects a parameter gets it, and the rest come last', () => {
  const { paramGroups } = adamW({
    learningRate: 1,
    groups: [
      { parameters: ['b/kernel', 'a/bias'], learningRate: 0.1 },
      { parameters: biasesAndNorms, weightDecay: 0 },
    ],
  }).create({ device, layout });
  expect(paramGroups.map(({ parameters, lr, weightDecay }) => ({ parameters, lr, weightDecay }))).toEqual([
    { parameters: ['a/bias', 'b/kernel'], lr: 0.1, weightDecay: 0.01 },
    { parameters: ['norm/gain'], lr: 1, weightDecay: 0 },
    { parameters: ['a/kernel'], lr: 1, weightDecay: 0.01 },
  ]);
});

test('groups that take everything leave no last group; an empty layout has one empty group', () => {
  const all = sgd({ groups: [{ parameters: () => true }] });
  expect(all.create({ device, layout }).paramGroups).toHaveLength(1);
  const none = sgd().create({ device, layout: createLayout([]) });
  expect(none.paramGroups).toMatchObject([{ parameters: [], lr: 1e-3 }]);
  expect(none.stateBytesPerElement).toBe(0);
});

test('a name that does not exist, and a group without parameters, are errors', () => {
  const create = (parameters: string[] | (() => boolean)) => () =>
    sgd({ groups: [{ parameters: ['a/bias'] }, { parameters }] }).create({ device, layout });
  expect(create(['a/kernl'])).toThrow('Did you mean "a/kernel"?');
  expect(create(() => false)).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: SGD: group 1 gets no parameter: its \`parameters\` select none of the layout. Remove it, or correct \`parameters\`.]`,
  );
  expect(create(['a/bias'])).toThrow('earlier groups take all that it selects');
});

test('groups are read at every step', () => {
  const one = train(sgd({ learningRate: 0.5, momentum: 0.5, nesterov: true }));
  const other = train(sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }));
  const group = other.optimizer.paramGroups[0]!;
  group.lr = 0.5;
  group.momentum = 0.5;
  for (let step = 0; step < 3; step++) {
    one.step();
    other.step();
  }
  expect(other.values()).toEqual(one.values());
  group.weightDecay = 0.1;
  one.step();
  other.step();
  expect(other.values()).not.toEqual(one.values());
});

test('momentum that begins later gets its buffer then', () => {
  const training = train(sgd({ learningRate: 0.1 }));
  training.step();
  expect(training.device.memory().slabs).toBe(14 + 0);
  training.optimizer.paramGroups[0]!.momentum = 0.9;
  training.step();
  training.step();
  expect(training.device.memory().slabs).toBe(14 + 1);
});

test('momentum that begins later leaves the other state as it is', async () => {
  const training = train(rmsprop());
  training.step();
  const before = await training.optimizer.stateDict();
  training.optimizer.paramGroups[0]!.momentum = 0.9;
  training.step({ skip: ['dense/bias'] });
  const after = await training.optimizer.stateDict();
  expect(training.device.memory().slabs).toBe(14 + 2);
  expect(after.parameters['dense/bias']!.tensors['square_avg']).toEqual(
    before.parameters['dense/bias']!.tensors['square_avg'],
  );
});

test('pairs of one group are not those of another', () => {
  const { paramGroups } = adamW({ groups: [{ parameters: ['a/bias'] }] }).create({ device, layout });
  paramGroups[0]!.betas![0] = 0.5;
  expect(paramGroups[1]!.betas).toEqual([0.9, 0.999]);
  expect(adamW().create({ device, layout }).paramGroups[0]!.betas).toEqual([0.9, 0.999]);
});

test('a schedule sets the rate of each step, counted by the optimizer', async () => {
  const rates = [0.5, 0.25, 0.125, 0.0625];
  const scheduled = train(
    sgd({
      learningRate: (step) => rates[step]!,
      groups: [{ parameters: ['dense/bias'], learningRate: 0.1 }],
    }),
  );
  const manual = train(sgd({ groups: [{ parameters: ['dense/bias'], learningRate: 0.1 }] }));
  expect(scheduled.optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.1, 0.5]);
  for (const [step, rate] of rates.slice(0, 3).entries()) {
    manual.optimizer.paramGroups[1]!.lr = rate;
    manual.step();
    scheduled.step();
    expect(scheduled.optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.1, rates[step + 1]]);
  }
  expect(scheduled.values()).toEqual(manual.values());

  const resumed = train(
    sgd({
      learningRate: (step) => rates[step]!,
      groups: [{ parameters: ['dense/bias'], learningRate: 0.1 }],
    }),
    {
      from: 3,
      initial: scheduled.values(),
    },
  );
  resumed.optimizer.loadStateDict(await scheduled.optimizer.stateDict());
  expect(resumed.optimizer.paramGroups[1]!.lr).toBe(0.0625);
  resumed.step();
  scheduled.step();
  expect(resumed.values()).toEqual(scheduled.values());
});

test('a schedule that returns no rate is refused before anything is changed', async () => {
  expect(() => train(adamW({ learningRate: () => Number.NaN }))).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: AdamW: the schedule given as learningRate must return a finite number, 0 or more; for step 0 (counted from 0) it returned NaN. Correct it; the parameters are as they were.]`,
  );
  const rates = [0.1, 0.2];
  for (const [wrong, schedule] of [
    ['undefined', (step: number) => rates[step]!],
    ['-1', (step: number) => rates[step] ?? -1],
    ['Infinity', (step: number) => rates[step] ?? Number.POSITIVE_INFINITY],
  ] as const) {
    const training = train(
      adamW({ learningRate: schedule, groups: [{ parameters: ['dense/bias'], learningRate: 1 }] }),
    );
    training.step();
    training.step();
    const [values, state] = [training.values(), await training.optimizer.stateDict()];
    expect(() => training.step()).toThrow(`for step 2 (counted from 0) it returned ${wrong}`);
    expect(() => training.step()).toThrow('the parameters are as they were');
    expect([training.values(), await training.optimizer.stateDict()]).toEqual([values, state]);
    // What was saved there can be loaded again, and says the same when it goes on.
    const resumed = train(
      adamW({ learningRate: schedule, groups: [{ parameters: ['dense/bias'], learningRate: 1 }] }),
    );
    resumed.optimizer.loadStateDict(state);
    expect(() => resumed.step()).toThrow(`it returned ${wrong}`);
  }
});

test('a rate that somebody wrote into a group is used by the next step, and checked', () => {
  const scheduled = train(sgd({ learningRate: () => 0.5 }));
  const constant = train(sgd({ learningRate: 0.25 }));
  scheduled.optimizer.paramGroups[0]!.lr = 0.25;
  scheduled.step();
  constant.step();
  expect(scheduled.values()).toEqual(constant.values());
  expect(scheduled.optimizer.paramGroups[0]!.lr).toBe(0.5);
  constant.optimizer.paramGroups[0]!.lr = Number.NaN;
  const before = constant.values();
  expect(() => constant.step()).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: SGD: paramGroups[0].lr must be a finite number, 0 or more; it is NaN. Correct what writes it, for example a scheduler; the parameters are as they were.]`,
  );
  expect(constant.values()).toEqual(before);
});
