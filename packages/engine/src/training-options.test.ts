import { adamW, sgd } from '@ds/optim';
import { InvalidArgumentError } from '@ds/tensor';
import { describe, expect, it } from 'vitest';
import { plain } from '../test/toy-engine.ts';
import { createToyModel, toyBatch, toyLoss } from '../test/toy-model.ts';
import { initialize } from './initialize.ts';
import { requireTrainingOptions } from './training-options.ts';

const messageOf = async (options: unknown): Promise<string> => {
  try {
    await initialize(options as never);
  } catch (error) {
    expect(InvalidArgumentError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  return 'no error';
};

describe('options of initialize', () => {
  const model = createToyModel();
  const rest = { model, config: plain };

  it.each([
    [undefined, 'initialize() takes one object with at least "model" and "config"'],
    [model.layout.entries, 'it was given a list of 3'],
    [{}, 'initialize() needs "model".'],
    [{ model }, 'initialize() needs "config".'],
    [
      { ...rest, trainigData: [] },
      'Unknown option of initialize() "trainigData". Did you mean "trainingData"?',
    ],
    [{ ...rest, training_data: [] }, 'Did you mean "trainingData"?'],
    [{ ...rest, dataset: [] }, 'Did you mean "trainingData"?'],
    [{ ...rest, lossFn: toyLoss }, 'Did you mean "loss"?'],
    [{ ...rest, scheduler: 0.1 }, 'Did you mean "lrScheduler"?'],
    [{ ...rest, loss: 'compild' }, '"loss" must be a function (output, target) => scalar; it is "compild".'],
    [{ ...rest, collate: [] }, '"collate" must be a function (examples) => batch; it is a list of 0.'],
    [{ ...rest, onStep: {} }, '"onStep" must be a function (report) => void; it is an object.'],
    [{ ...rest, trainingData: 'abc' }, 'it is a text.'],
    [{ ...rest, trainingData: async function* () {} }, 'If it is an async function*'],
    [{ ...rest, optimizer: 'AdamW' }, 'it is "AdamW". Did you mean { type: "AdamW" }?'],
    [{ ...rest, optimizer: adamW }, 'Did you forget to call it?'],
    [
      { ...rest, optimizer: { minimize() {}, applyGradients() {} } },
      'it is an optimizer of tfjs (tf.train).',
    ],
    [{ ...rest, optimizer: sgd().create(model) }, 'Leave the create(...) to initialize().'],
    [{ ...rest, optimizer: { learningRate: 1 } }, 'it is an object with learningRate.'],
    [{ ...rest, optimizer: { type: 'AdamV' } }, 'Unknown optimizer type "AdamV". Did you mean "Adam'],
    [
      { model, config: { ...plain, optimizer: { type: 'AdamW', param_groups: [] } } },
      'There is no key "optimizer.param_groups". Did you mean "groups"?',
    ],
    [
      { model, config: { ...plain, optimizer: { type: 'AdamW', params: { learning_rate: 1 } } } },
      'Did you mean "lr"?',
    ],
  ])('%o are explained', async (options, message) => {
    expect(await messageOf(options)).toContain(message);
  });

  it('may have an optimizer as a configuration writes it', async () => {
    const { engine, optimizer } = await initialize({
      model: createToyModel(),
      loss: toyLoss,
      config: plain,
      optimizer: { type: 'sgd', params: { lr: 0.25 }, groups: [{ parameters: ['b'], lr: 0.5 }] },
    });
    expect([optimizer.type, engine.getLr()]).toEqual(['SGD', [0.5, 0.25]]);
    await engine.trainBatch(toyBatch(0));
  });

  it('may be more for functions around it', () => {
    expect(() => requireTrainingOptions({ ...rest, verbose: true })).toThrow('"verbose"');
    requireTrainingOptions({ ...rest, verbose: true }, ['verbose']);
  });
});
