import type { OptimizerState } from '@ds/tensor';
import { createLayout } from '@ds/tensor';
import { createArrayDevice } from '@ds/tensor/testing';
import { expect, test } from 'vitest';
import { train } from '../test/harness.ts';
import { adam, adamW, biasesAndNorms, nadam, sgd } from './index.ts';

const shapes = { kernel: [2, 3], bias: [3] };

async function savedBy(definition = adam()): Promise<OptimizerState> {
  const training = train(definition, { shapes });
  training.step();
  training.step();
  return training.optimizer.stateDict();
}

test('is plain data under the names of PyTorch', async () => {
  const state = await savedBy(nadam({ learningRate: 0.1 }));
  expect(Object.keys(state.parameters)).toEqual(['kernel', 'bias']);
  expect(state.parameters['kernel']).toMatchObject({
    scalars: { step: 2, mu_product: expect.any(Number) as number },
  });
  expect(Object.keys(state.parameters['kernel']!.tensors)).toEqual(['exp_avg', 'exp_avg_sq']);
  expect(state.parameters['kernel']!.tensors['exp_avg']).toHaveLength(6);
  expect(state.groups).toEqual([
    {
      parameters: ['kernel', 'bias'],
      steps: 2,
      lr: 0.1,
      betas: [0.9, 0.999],
      eps: 1e-8,
      momentumDecay: 4e-3,
      weightDecay: 0,
      decoupledWeightDecay: false,
      maximize: false,
      clipValue: 0,
    },
  ]);
});

test('is a copy: later steps do not show in it, nor does a step before it arrives', async () => {
  const training = train(adam(), { shapes });
  training.step();
  const pending = training.optimizer.stateDict();
  training.step();
  const state = await pending;
  expect(state.parameters['bias']!.scalars['step']).toBe(1);
  training.optimizer.paramGroups[0]!.betas![0] = 0;
  expect(state.groups[0]!['betas']).toEqual([0.9, 0.999]);
});

test('brings back hyperparameters', async () => {
  const state = await savedBy(adam({ learningRate: 0.25, betas: [0.5, 0.75], weightDecay: 0.5 }));
  const { optimizer } = train(adam(), { shapes });
  optimizer.loadStateDict(state);
  expect(optimizer.paramGroups[0]).toMatchObject({ lr: 0.25, betas: [0.5, 0.75], weightDecay: 0.5 });
});

test('parameters that it lacks start anew', async () => {
  const state = await savedBy();
  const { bias: _bias, ...rest } = state.parameters;
  const training = train(adam(), { shapes });
  training.step();
  training.optimizer.loadStateDict({ ...state, parameters: rest });
  const { parameters } = await training.optimizer.stateDict();
  expect(parameters['bias']).toBeUndefined();
  training.step();
  const after = await training.optimizer.stateDict();
  expect(after.parameters['bias']!.scalars['step']).toBe(1);
});

test('what does not fit is an error and changes nothing', async () => {
  const state = await savedBy();
  const training = train(adam({ learningRate: 0.5 }), { shapes });
  training.step();
  const before = await training.optimizer.stateDict();
  const load = (changed: Partial<OptimizerState>) => () =>
    training.optimizer.loadStateDict({ ...state, ...changed });
  const { kernel } = state.parameters;
  expect(load({ type: 'AdamW' })).toThrow('The state was saved by AdamW, and this is Adam.');
  expect(load({ parameters: { kernl: kernel! } })).toThrow('Did you mean "kernel"?');
  expect(load({ parameters: { bias: kernel! } })).toThrow(
    'the saved exp_avg of parameter "bias" has 6 elements; its shape here, [3], needs 3.',
  );
  expect(load({ parameters: { kernel: { scalars: { step: 1 }, tensors: {} } } })).toThrow('has 0 elements');
  expect(
    load({
      parameters: {
        kernel: { ...kernel!, tensors: { ...kernel!.tensors, max_exp_avg_sq: new Float32Array(6) } },
      },
    }),
  ).toThrow('"max_exp_avg_sq", which this optimizer does not keep (it keeps exp_avg, exp_avg_sq)');
  expect(load({ groups: [{ ...state.groups[0], lr: -1 }] })).toThrow('Adam: lr must be');
  expect(load({ groups: [{ ...state.groups[0], parameters: ['kernel'] }] })).toThrow(
    'no group of the saved state has the parameters kernel, bias',
  );
  expect(await training.optimizer.stateDict()).toEqual(before);
});

test('groups are found by their parameters, whatever their order', async () => {
  const layout = createLayout([
    { name: 'kernel', shape: [2, 2] },
    { name: 'bias', shape: [2] },
  ]);
  const device = createArrayDevice();
  const decayed = { parameters: ['kernel'], weightDecay: 0.5 };
  const first = adamW({ groups: [{ parameters: biasesAndNorms, weightDecay: 0 }, decayed] });
  const second = adamW({ groups: [decayed, { parameters: biasesAndNorms }] }).create({ device, layout });
  second.loadStateDict(await first.create({ device, layout }).stateDict());
  expect(second.paramGroups.map(({ parameters, weightDecay }) => ({ parameters, weightDecay }))).toEqual([
    { parameters: ['kernel'], weightDecay: 0.5 },
    { parameters: ['bias'], weightDecay: 0 },
  ]);
});

test('an optimizer without state has one too', async () => {
  const state = await savedBy(sgd());
  expect(state.parameters['bias']).toEqual({ scalars: { step: 2 }, tensors: {} });
});
