import { sgd } from '@ds/optim';
import { InvalidArgumentError } from '@ds/tensor';
import { describe, expect, it } from 'vitest';
import { learningRate, plain } from '../test/toy-engine.ts';
import { createToyModel, toyBatch, toyLoss } from '../test/toy-model.ts';
import type { DeepSpeedConfig } from './config/schema.ts';
import { initialize } from './initialize.ts';

describe('optimizer and schedule', () => {
  it('given to initialize take the place of the configured ones', async () => {
    const { engine, optimizer, lrScheduler } = await initialize({
      model: createToyModel(),
      loss: toyLoss,
      config: {
        ...plain,
        optimizer: { type: 'Adam', params: { lr: 1 } },
        scheduler: { type: 'WarmupLR', params: {} },
      },
      optimizer: sgd({ learningRate: 5, momentum: 0.5 }),
      lrScheduler: (step: number) => 0.5 ** step,
    });
    expect([optimizer.type, lrScheduler.type]).toEqual(['SGD', 'schedule']);
    // The schedule says what step 0 trains with, not the optimizer's own rate.
    expect(engine.getLr()).toEqual([1]);
    expect(engine.getMom()).toEqual([0.5]);
    await engine.trainBatch(toyBatch(0));
    expect(engine.getLr()).toEqual([0.5]);
    lrScheduler.loadStateDict({ step: 3 });
    expect(engine.getLr()).toEqual([0.125]);
    expect(() => lrScheduler.loadStateDict({})).toThrow(InvalidArgumentError);
  });

  it('may be an object that makes a scheduler', async () => {
    const seen: unknown[] = [];
    const { engine } = await initialize({
      model: createToyModel(),
      loss: toyLoss,
      config: plain,
      optimizer: sgd({ learningRate }),
      lrScheduler: {
        create: ({ paramGroups }) => ({
          type: 'mine',
          step: (metric) => seen.push([metric, paramGroups.length]),
          getLastLr: () => [],
          stateDict: () => ({}),
          loadStateDict() {},
        }),
      },
    });
    const loss = await engine.trainBatch(toyBatch(0));
    expect(seen).toEqual([[loss, 1]]);
  });

  it('gives ReduceLROnPlateau the mean loss, or the metric of step()', async () => {
    const plateau = async () =>
      initialize({
        model: createToyModel(),
        loss: toyLoss,
        config: { ...plain, optimizer: { type: 'SGD', params: { lr: 1e-6 } } },
        lrScheduler: { type: 'ReduceLROnPlateau', params: { patience: 0, factor: 0.5 } },
      });
    // With a rate this small, the loss of one batch again and again does not improve.
    const { engine } = await plateau();
    const [input, target] = toyBatch(0);
    for (let step = 0; step < 2; step++) {
      engine.backward(toyLoss(engine(input), target));
      await engine.step();
    }
    expect(engine.getLr()).toEqual([0.5e-6]);
    const other = await plateau();
    for (const metric of [3, 2, 1]) {
      other.engine.backward(toyLoss(other.engine(input), target));
      await other.engine.step({ metric });
    }
    expect(other.engine.getLr()).toEqual([1e-6]);
  });

  it('a schedule without an optimizer is an error', async () => {
    const config: DeepSpeedConfig = { ...plain, scheduler: { type: 'WarmupLR', params: {} } };
    await expect(initialize({ model: createToyModel(), config })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: The configuration: "scheduler" needs an "optimizer", whose learning rate it sets. Add one.]`,
    );
    const bare = await initialize({ model: createToyModel(), loss: toyLoss, config: plain });
    const [input, target] = toyBatch(0);
    expect(() =>
      bare.engine.backward(toyLoss(bare.engine(input), target)),
    ).toThrowErrorMatchingInlineSnapshot(
      `[InvalidStateError: backward() needs an optimizer. Put "optimizer" into the configuration, or give one to initialize().]`,
    );
    await expect(bare.engine.trainBatch(toyBatch(0))).rejects.toThrow('needs an optimizer');
  });
});
