import { createLayout } from '@ds/tensor';
import { createArrayDevice } from '@ds/tensor/testing';
import { expect, test } from 'vitest';
import { train } from '../test/harness.ts';
import { biasesAndNorms, createOptimizer, optimizerDefinition, optimizerTypes } from './index.ts';
import { adadelta, adafactor, adagrad, adam, adamW, adamax, asgd, lamb, lars, lion } from './index.ts';
import { muon, nadam, radam, rmsprop, rprop, sgd } from './index.ts';

const layout = createLayout([
  { name: 'dense/kernel', shape: [3, 2] },
  { name: 'dense/bias', shape: [2] },
]);

function valuesAfter(definition: ReturnType<typeof adam>, steps = 4): Record<string, number[]> {
  const training = train(definition);
  for (let step = 0; step < steps; step++) training.step();
  return training.values();
}

test('names what it can create', () => {
  expect(optimizerTypes).toEqual([
    'Adam',
    'AdamW',
    'SGD',
    'Adagrad',
    'Adadelta',
    'RMSprop',
    'Adamax',
    'NAdam',
    'RAdam',
    'Adafactor',
    'Lion',
    'Lamb',
    'Lars',
    'Muon',
    'ASGD',
    'Rprop',
  ]);
});

test.each([
  // DeepSpeed's "Adam" is AdamW, unless adam_w_mode is false; its weight decay is 0 unless given.
  ['Adam', { weight_decay: 0.1 }, adamW({ weightDecay: 0.1 })],
  ['ADAM', { adam_w_mode: false, weight_decay: 0.1 }, adam({ weightDecay: 0.1 })],
  ['adam', { torch_adam: true }, adamW({ weightDecay: 0 })],
  ['adamw', { adam_w_mode: false, weight_decay: 0.1 }, adamW({ weightDecay: 0.1 })],
  ['AdamW', {}, adamW({ weightDecay: 0 })],
  [
    'AdamW',
    { lr: 0.1, betas: [0.8, 0.9], eps: 0.01, amsgrad: true, bias_correction: false, maximize: true },
    adamW({
      learningRate: 0.1,
      betas: [0.8, 0.9],
      eps: 0.01,
      amsgrad: true,
      biasCorrection: false,
      maximize: true,
      weightDecay: 0,
    }),
  ],
  [
    'SGD',
    { lr: 0.1, momentum: 0.9, dampening: 0.1, weight_decay: 0.1, clip_value: 0.5 },
    sgd({ learningRate: 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.1, clipValue: 0.5 }),
  ],
  [
    'sgd',
    { lr: 0.1, momentum: 0.9, nesterov: true },
    sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  ],
  [
    'Adagrad',
    { lr_decay: 0.1, initial_accumulator_value: 0.5 },
    adagrad({ learningRateDecay: 0.1, initialAccumulatorValue: 0.5 }),
  ],
  ['Adadelta', { rho: 0.5 }, adadelta({ rho: 0.5 })],
  [
    'RMSprop',
    { alpha: 0.5, centered: true, momentum: 0.5 },
    rmsprop({ alpha: 0.5, centered: true, momentum: 0.5 }),
  ],
  ['Adamax', { betas: [0.5, 0.6] }, adamax({ betas: [0.5, 0.6] })],
  [
    'NAdam',
    { momentum_decay: 0.1, weight_decay: 0.1, decoupled_weight_decay: true },
    nadam({ momentumDecay: 0.1, weightDecay: 0.1, decoupledWeightDecay: true }),
  ],
  ['RAdam', { betas: [0.9, 0.95] }, radam({ betas: [0.9, 0.95] })],
  [
    'Adafactor',
    { beta2_decay: -0.5, d: 2, eps: [null, 0.01] },
    adafactor({ beta2Decay: -0.5, clipThreshold: 2, eps2: 0.01 }),
  ],
  ['Adafactor', { eps: [0.1, 0.01] }, adafactor({ eps1: 0.1, eps2: 0.01 })],
  // DeepSpeed's defaults for Lion, not the paper's.
  ['Lion', {}, lion({ learningRate: 1e-3, betas: [0.9, 0.999] })],
  [
    'Lamb',
    { max_coeff: 0.5, min_coeff: 0.1, eps_inside_sqrt: true, bias_correction: false },
    lamb({ maxCoefficient: 0.5, minCoefficient: 0.1, epsInsideSqrt: true, biasCorrection: false }),
  ],
  ['LARS', { trust_coefficient: 0.01, momentum: 0.5 }, lars({ trustCoefficient: 0.01, momentum: 0.5 })],
  // In a config `lr` is for both kinds of parameters.
  ['Muon', { lr: 0.01 }, muon({ learningRate: 0.01, adamLearningRate: 0.01 })],
  ['Muon', {}, muon()],
  [
    'muon',
    { lr: 0.01, muon_lr: 0.05, adam_lr: 0.001, ns_method: 'standard', output_axis: 'last' },
    muon({ learningRate: 0.05, adamLearningRate: 0.001, newtonSchulz: 'standard', outputAxis: 'last' }),
  ],
  [
    'Muon',
    { adjust_lr_fn: 'match_rms_adamw', ns_steps: 3 },
    muon({ updateScale: 'matchRmsAdamW', newtonSchulzSteps: 3 }),
  ],
  ['Muon', { adjust_lr_fn: null }, muon()],
  ['ASGD', { lambd: 0.1, alpha: 0.5, t0: 1 }, asgd({ decay: 0.1, alpha: 0.5, averagingStart: 1 })],
  ['Rprop', { etas: [0.4, 1.5], step_sizes: [0.001, 1] }, rprop({ etas: [0.4, 1.5], stepSizes: [0.001, 1] })],
] as const)('%s %j', (type, params, expected) => {
  expect(valuesAfter(optimizerDefinition({ type, params }))).toEqual(valuesAfter(expected));
});

test.each([
  ['AdamV', {}, 'Unknown optimizer type "AdamV". Did you mean "Adam'],
  ['OneBitAdam', {}, 'Unknown optimizer type "OneBitAdam".'],
  ['AdamW', { learning_rate: 1 }, 'Did you mean "lr"?'],
  ['AdamW', { weight_decy: 1 }, 'Did you mean "weight_decay"?'],
  ['SGD', { betas: [0.9, 0.99] }, 'Unknown parameter of SGD "betas".'],
  ['AdamW', { max_grad_norm: 1 }, 'Set "gradient_clipping" at the top of the config.'],
  ['AdamW', { lr: 'auto' }, 'AdamW: lr is "auto"'],
  [
    'AdamW',
    { lr: '0.001' },
    'AdamW: lr must be a number, 0 or more, or a schedule (step) => number; got "0.001".',
  ],
  ['AdamW', { lr: -1 }, 'got -1.'],
  ['AdamW', { lr: Number.NaN }, 'got NaN.'],
  [
    'AdamW',
    { betas: [0.9, 1] },
    'AdamW: betas must be two numbers, each at least 0 and below 1; got [0.9, 1].',
  ],
  ['AdamW', { betas: 0.9 }, 'got 0.9.'],
  ['AdamW', { weight_decay: null }, 'AdamW: weight_decay must be a number, 0 or more; got null.'],
  ['SGD', { nesterov: 1 }, 'SGD: nesterov must be true or false; got 1.'],
  ['Muon', { ns_method: 'grem' }, 'Muon: ns_method must be one of "gram", "standard"; got "grem".'],
  ['Muon', { ns_steps: 100 }, 'a whole number from 1 to 99'],
  ['Adafactor', { eps: 1e-3 }, 'Adafactor: eps must be [eps1 or null, eps2]; got 0.001.'],
  ['Adafactor', { eps: [0.1, -1] }, 'Adafactor: eps[1] must be'],
  ['Adafactor', { beta2_decay: 0.8 }, 'a number, 0 or less'],
  ['Adafactor', { d: 0.5 }, 'a number, 1 or more'],
  ['Rprop', { etas: [1.2, 0.5] }, 'the first between 0 and 1'],
  ['Rprop', { step_sizes: [1, 0.1] }, 'the smaller first'],
] as const)('%s %j is an error', (type, params, message) => {
  expect(() => optimizerDefinition({ type, params })).toThrow(message);
});

test('options in code are checked like keys of a config', () => {
  expect(() => adam({ betas: [0.9, 1.5] })).toThrow('Adam: betas must be');
  expect(() => adam({ learningRate: -1 })).toThrow('Adam: learningRate must be');
  expect(() => adam({ learnigRate: 1 } as object)).toThrow('Did you mean "learningRate"?');
  expect(() => adam({ groups: [{ parameters: ['dense/bias'], weightDecay: -1 }] })).toThrow('weightDecay');
});

test('takes groups in either argument', () => {
  const device = createArrayDevice();
  const groups = [{ parameters: biasesAndNorms, weight_decay: 0 }];
  const config = { type: 'AdamW', params: { lr: 0.1, weight_decay: 0.5 } };
  for (const optimizer of [
    createOptimizer(config, { device, layout, groups }),
    createOptimizer({ ...config, groups }, { device, layout }),
  ]) {
    expect(optimizer.type).toBe('AdamW');
    expect(optimizer.paramGroups).toMatchObject([
      { parameters: ['dense/bias'], lr: 0.1, weightDecay: 0 },
      { parameters: ['dense/kernel'], lr: 0.1, weightDecay: 0.5, betas: [0.9, 0.999] },
    ]);
  }
});

test('groups have the keys of params, translated for the optimizer', () => {
  const device = createArrayDevice();
  const groupsOf = (type: string, group: object, params: object = {}) => {
    const config = JSON.parse(
      JSON.stringify({ type, params, groups: [{ parameters: ['dense/kernel'], ...group }] }),
    ) as Parameters<typeof createOptimizer>[0];
    return createOptimizer(config, { device, layout }).paramGroups;
  };
  expect(
    groupsOf('AdamW', { lr: 0.01, weight_decay: 0, betas: [0.5, 0.6] }, { lr: 0.1, weight_decay: 0.5 }),
  ).toMatchObject([
    { parameters: ['dense/kernel'], lr: 0.01, weightDecay: 0, betas: [0.5, 0.6] },
    { parameters: ['dense/bias'], lr: 0.1, weightDecay: 0.5, betas: [0.9, 0.999] },
  ]);
  expect(groupsOf('Adam', { adam_w_mode: false })).toMatchObject([
    { decoupledWeightDecay: false },
    { decoupledWeightDecay: true },
  ]);
  expect(groupsOf('AdamW', { adam_w_mode: false })).toMatchObject([{ decoupledWeightDecay: true }, {}]);
  expect(groupsOf('Muon', { lr: 0.01, adam_lr: 0.002 })).toMatchObject([{ lr: 0.01 }, { lr: 3e-4 }]);
  expect(groupsOf('Adafactor', { eps: [0.1, 0.01] })).toMatchObject([{ eps1: 0.1, eps2: 0.01 }, {}]);
  expect(() => groupsOf('AdamW', { weightDecay: 0 })).toThrow(
    'Unknown parameter of AdamW in groups[0] "weightDecay". Did you mean "weight_decay"?',
  );
  expect(() => groupsOf('AdamW', { learningRate: 0 })).toThrow('Did you mean "lr"?');
  expect(() => groupsOf('AdamW', { lr: -1 })).toThrow('AdamW: groups[0].lr must be a number, 0 or more');
  expect(() => groupsOf('AdamW', { parameters: undefined, params: ['dense/kernel'] })).toThrow(
    'AdamW: group 0 must have "parameters": a list of names, or a function (entry) => boolean. Did you mean that by "params"?',
  );
  expect(() => groupsOf('AdamW', { params: 1 })).toThrow('Did you mean "parameters"?');
});

test('says what is meant by names of other libraries', () => {
  expect(() => adamW({ lr: 0.1 } as object)).toThrow(
    'Unknown option of AdamW "lr". Did you mean "learningRate"?',
  );
  expect(() => adamW({ param_groups: [] } as object)).toThrow('Did you mean "groups"?');
  expect(() => adamW({ epsilon: 1 } as object)).toThrow('Did you mean "eps"?');
  expect(() => adamW({ beta1: 1 } as object)).toThrow('Did you mean "betas"?');
  expect(() => adamW({ parameters: ['w'] } as object)).toThrow('Unknown option of AdamW "parameters"');
  expect(() => adamW({ groups: [{ params: ['w'] }] } as object)).toThrow('Did you mean that by "params"?');
  expect(() => adamW({ groups: { parameters: ['w'] } } as object)).toThrow('groups must be a list');
  expect(() => optimizerDefinition({ type: 'AdamW', param_groups: [] } as never)).toThrow(
    'Unknown key of an optimizer config "param_groups". Did you mean "groups"?',
  );
});

test.each([
  ['AdamW', 'got "AdamW". Did you mean { type: "AdamW" }?'],
  [undefined, 'got undefined.'],
  [{}, 'An optimizer config needs a "type"'],
  [{ type: 'AdamW', params: [] }, 'AdamW: "params" must be an object'],
  [{ type: 'AdamW' }, 'createOptimizer() needs { device, layout } as its second argument'],
])('createOptimizer(%j) alone is explained', (config, message) => {
  expect(() => createOptimizer(config as never, undefined as never)).toThrow(message);
});

test('options that are no object are explained', () => {
  expect(() => adamW(0.1 as never)).toThrow('AdamW takes its options as one object');
});
