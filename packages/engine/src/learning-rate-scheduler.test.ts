import { adamW, sgd } from '@ds/optim';
import { InvalidArgumentError } from '@ds/tensor';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { learningRate, logger, plain } from '../test/toy-engine.ts';
import { createToyModel, toyBatch, toyLoss } from '../test/toy-model.ts';
import type { DeepSpeedConfig } from './config/schema.ts';
import { initialize } from './initialize.ts';

afterEach(() => vi.clearAllMocks());

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

  it('may be a number, 0 included', async () => {
    for (const rate of [0.1, 0]) {
      const { engine, lrScheduler } = await initialize({
        model: createToyModel(),
        loss: toyLoss,
        config: plain,
        optimizer: sgd({ learningRate: 5 }),
        lrScheduler: rate,
      });
      await engine.trainBatch(toyBatch(0));
      expect([engine.getLr(), lrScheduler.getLastLr()]).toEqual([[rate], [rate]]);
    }
    const refused = initialize({
      model: createToyModel(),
      config: plain,
      optimizer: sgd(),
      lrScheduler: '0.1' as never,
    });
    await expect(refused).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: lrScheduler must be a number, a function (step) => learning rate, { type, params } or { create(optimizer) }; it is "0.1".]`,
    );
  });

  it('warns when it replaces learning rates that differ', async () => {
    const create = async (biasRate: number) =>
      initialize({
        model: createToyModel(),
        loss: toyLoss,
        config: plain,
        optimizer: adamW({ learningRate: 0.1, groups: [{ parameters: ['b'], learningRate: biasRate }] }),
        lrScheduler: () => 0.5,
        logger,
      });
    await create(0.1);
    expect(logger.warn).not.toHaveBeenCalled();
    const { engine } = await create(0.01);
    expect(engine.getLr()).toEqual([0.5, 0.5]);
    expect(logger.warn.mock.calls).toMatchInlineSnapshot(`
      [
        [
          "lrScheduler sets one learning rate for all parameter groups, in place of those they have (0.01, 0.1). To keep them apart, leave lrScheduler out and give the optimizer and its groups a schedule each as learningRate.",
        ],
      ]
    `);
  });

  it('of the optimizer shows in getLr() what the next step will use, and in reports what was used', async () => {
    const rates = [0.4, 0.2, 0.1, 0.05];
    const { engine } = await initialize({
      model: createToyModel(),
      loss: toyLoss,
      config: plain,
      optimizer: sgd({ learningRate: (step) => rates[step]! }),
    });
    const used: number[] = [];
    engine.onStep(({ lr }) => void used.push(lr));
    for (let step = 0; step < 3; step++) {
      expect(engine.getLr()).toEqual([rates[step]]);
      await engine.trainBatch(toyBatch(step));
    }
    expect(engine.getLr()).toEqual([0.05]);
    expect(used).toEqual(rates.slice(0, 3));
  });

  it('that returns NaN stops before the step that would use it, and the engine can be used on', async () => {
    const model = createToyModel();
    const { engine } = await initialize({
      model,
      loss: toyLoss,
      config: plain,
      optimizer: sgd({ learningRate: (step) => (step < 1 ? 0.1 : Number.NaN) }),
    });
    await engine.trainBatch(toyBatch(0));
    const before = model.values();
    await expect(engine.trainBatch(toyBatch(1))).rejects.toThrow('it returned NaN');
    expect(model.values()).toEqual(before);
    expect(engine.globalSteps).toBe(1);
    const scheduled = await initialize({
      model: createToyModel(),
      loss: toyLoss,
      config: plain,
      optimizer: sgd(),
      lrScheduler: (step) => (step < 1 ? 0.1 : Number.NaN),
    });
    await expect(scheduled.engine.trainBatch(toyBatch(0))).rejects.toThrow('at step 1 it returned NaN');
    // The step itself was taken; none of its gradients is left for the next.
    expect(scheduled.engine.globalSteps).toBe(1);
    expect(await scheduled.engine.flush()).toBeUndefined();
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
