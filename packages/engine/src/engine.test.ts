import { adam, sgd } from '@ds/optim';
import { InvalidArgumentError, InvalidStateError } from '@ds/tensor';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ToyModel } from '../test/toy-model.ts';
import { createToyModel, toyBatch, toyLoss } from '../test/toy-model.ts';
import type { DeepSpeedConfig } from './config/schema.ts';
import { initialize } from './initialize.ts';
import type { StepReport } from './step-report.ts';

const logger = { info: vi.fn<(message: string) => void>(), warn: vi.fn<(message: string) => void>() };
afterEach(() => vi.clearAllMocks());

const plain: DeepSpeedConfig = { train_micro_batch_size_per_gpu: 2, gradient_clipping: 0 };
const learningRate = 0.1;

async function toy(config: DeepSpeedConfig = plain, model: ToyModel = createToyModel()) {
  const { engine } = await initialize({
    model,
    loss: toyLoss,
    config,
    optimizer: sgd({ learningRate }),
    logger,
  });
  return { model, engine };
}

/** Forward, backward and step of one micro-batch, the long way. */
async function micro({ engine }: Awaited<ReturnType<typeof toy>>, index: number, size = 2) {
  const [input, target] = toyBatch(index, size);
  const loss = engine.backward(toyLoss(engine(input), target));
  return { loss: loss.values[0], report: await engine.step() };
}

describe('the loop', () => {
  it('takes one step of gradient descent', async () => {
    const { model, engine } = await toy();
    // By hand: batch 0 has rows (-1, -1) and (0.4, -1/6), targets -0.5 and 1.4666667.
    const before = model.values();
    const [input, target] = toyBatch(0);
    const output = engine.forward(input);
    const errors = output.values.map((value, row) => value - target[row]!);
    const expected = [0, 1, undefined].map((axis, parameter) => {
      const factors = input.map((row) => (axis === undefined ? 1 : row[axis as 0 | 1]));
      return before[parameter]! - learningRate * (errors[0]! * factors[0]! + errors[1]! * factors[1]!);
    });
    engine.backward(toyLoss(output, target));
    await engine.step();
    for (const [index, value] of model.values().entries()) expect(value).toBeCloseTo(expected[index]!, 6);
    engine.dispose();
  });

  it('makes of small micro-batches what one large one makes', async () => {
    const accumulated = await toy({ ...plain, train_batch_size: 8 });
    const whole = await toy({ ...plain, train_micro_batch_size_per_gpu: 8 });
    expect(accumulated.engine.gradientAccumulationSteps()).toBe(4);
    for (let step = 0; step < 3; step++) {
      for (let index = 0; index < 4; index++) await micro(accumulated, 4 * step + index);
      await micro(whole, step, 8);
      for (const [index, value] of accumulated.model.values().entries()) {
        expect(value).toBeCloseTo(whole.model.values()[index]!, 6);
      }
      expect(accumulated.engine.getGlobalGradNorm()).toBeCloseTo(whole.engine.getGlobalGradNorm()!, 6);
    }
  });

  it('acts at boundaries only, and counts as DeepSpeed does', async () => {
    const run = await toy({ ...plain, train_batch_size: 6 });
    const { engine, model } = run;
    const seen: unknown[] = [];
    for (let index = 0; index < 6; index++) {
      const before = model.values();
      const isBoundary = engine.isGradientAccumulationBoundary();
      const { report } = await micro(run, index);
      seen.push([isBoundary, report !== undefined, model.values().join() !== before.join()]);
    }
    const [between, boundary] = [
      [false, false, false],
      [true, true, true],
    ];
    expect(seen).toEqual([between, between, boundary, between, between, boundary]);
    const { globalSteps, globalSamples, microSteps, skippedSteps } = engine;
    expect({ globalSteps, globalSamples, microSteps, skippedSteps }).toEqual({
      globalSteps: 2,
      globalSamples: 12,
      microSteps: 6,
      skippedSteps: 0,
    });
    expect(engine.wasStepApplied()).toBe(true);
    expect([engine.trainBatchSize(), engine.trainMicroBatchSizePerGpu()]).toEqual([6, 2]);
  });

  it('returns the loss unscaled', async () => {
    const run = await toy({ ...plain, train_batch_size: 8 });
    const [input, target] = toyBatch(0);
    const expected = toyLoss(run.engine(input), target).values[0];
    expect((await micro(run, 0)).loss).toBe(expected);
  });

  it('lets the boundary be set by hand; the step is the mean of what there is', async () => {
    const byHand = await toy({ ...plain, train_batch_size: 8 });
    const counted = await toy({ ...plain, train_batch_size: 4 });
    byHand.engine.setGradientAccumulationBoundary(false);
    await micro(byHand, 0);
    byHand.engine.setGradientAccumulationBoundary(true);
    expect(byHand.engine.isGradientAccumulationBoundary()).toBe(true);
    await micro(byHand, 1);
    await micro(counted, 0);
    await micro(counted, 1);
    expect(byHand.model.values()).toEqual(counted.model.values());
    byHand.engine.setGradientAccumulationBoundary(undefined);
    expect(byHand.engine.isGradientAccumulationBoundary()).toBe(false);
    await expect(
      toy().then(({ engine }) => {
        engine.setGradientAccumulationBoundary(true);
        return engine.trainBatch(toyBatch(0));
      }),
    ).rejects.toThrow('set by hand');
  });

  it('adds up several backward passes before one step', async () => {
    const { model, engine } = await toy();
    for (const index of [0, 1]) {
      const [input, target] = toyBatch(index);
      engine.backward(toyLoss(engine(input), target));
    }
    await engine.step();
    const doubled = await toy();
    const [input, target] = toyBatch(0, 4);
    const loss = toyLoss(doubled.engine(input), target);
    // The mean over four rows is half the sum of two means over two.
    doubled.engine.backward({ ...loss, derivatives: loss.derivatives!.map((value) => 2 * value) });
    await doubled.engine.step();
    for (const [index, value] of model.values().entries()) {
      expect(value).toBeCloseTo(doubled.model.values()[index]!, 6);
    }
  });

  it('flushes what is left over as its mean', async () => {
    const partial = await toy({ ...plain, train_batch_size: 8 });
    const whole = await toy({ ...plain, train_batch_size: 4 });
    for (const run of [partial, whole]) for (const index of [0, 1]) await micro(run, index);
    const report = await partial.engine.flush();
    expect(report?.samples).toBe(4);
    expect(partial.model.values()).toEqual(whole.model.values());
    expect(partial.engine.getGlobalGradNorm()).toBe(whole.engine.getGlobalGradNorm());
    expect(await partial.engine.flush()).toBeUndefined();
    expect(partial.engine.globalSteps).toBe(1);
  });

  it('forgets gradients with zeroGrad', async () => {
    const run = await toy({ ...plain, train_batch_size: 4 });
    await micro(run, 5);
    run.engine.zeroGrad();
    const fresh = await toy({ ...plain, train_batch_size: 4 });
    for (const index of [0, 1]) {
      await micro(run, index);
      await micro(fresh, index);
    }
    expect(run.model.values()).toEqual(fresh.model.values());
  });

  it('changes the accumulation with the training batch size', async () => {
    const run = await toy({ ...plain, train_batch_size: 4 });
    run.engine.setTrainBatchSize(6);
    expect(run.engine.gradientAccumulationSteps()).toBe(3);
    expect(() => run.engine.setTrainBatchSize(7)).toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: The training batch size must be a multiple of 2 (the micro-batch size times the number of ranks); 7 is not. The nearest one is 8.]`,
    );
    await micro(run, 0);
    expect(() => run.engine.setTrainBatchSize(4)).toThrow(InvalidStateError);
  });
});

describe('clipping and overflow', () => {
  it('scales gradients to the largest norm, which is 1 unless configured', async () => {
    const unclipped = await toy();
    await micro(unclipped, 0);
    const norm = unclipped.engine.getGlobalGradNorm()!;
    expect(norm).toBeGreaterThan(1);
    for (const [config, largest] of [
      [{ train_batch_size: 2 }, 1],
      [{ ...plain, gradient_clipping: 0.25 }, 0.25],
    ] as const) {
      const clipped = await toy(config);
      const before = clipped.model.values();
      await micro(clipped, 0);
      expect(clipped.engine.getGlobalGradNorm()).toBe(norm);
      const moved = clipped.model.values().map((value, index) => (value - before[index]!) / learningRate);
      expect(Math.hypot(...moved)).toBeCloseTo((largest * norm) / (norm + 1e-6), 5);
    }
  });

  it('skips a step whose gradients are not finite, says which, and leaves the schedule alone', async () => {
    const model = createToyModel();
    const { engine, lrScheduler } = await initialize({
      model,
      loss: toyLoss,
      config: { ...plain, optimizer: { type: 'Adam', params: { lr: 1 } } },
      lrScheduler: (step: number) => 0.1 / (step + 1),
      logger,
    });
    await engine.trainBatch(toyBatch(0));
    const before = model.values();
    model.poison = Number.NaN;
    await engine.trainBatch(toyBatch(1));
    expect(model.values()).toEqual(before);
    expect([engine.globalSteps, engine.skippedSteps, engine.wasStepApplied()]).toEqual([2, 1, false]);
    expect(engine.getGlobalGradNorm()).toBeNaN();
    expect(lrScheduler.getLastLr()).toEqual([0.05]);
    expect(logger.warn.mock.calls).toMatchInlineSnapshot(`
      [
        [
          "Step 2 was skipped: the gradients of 2 of 2 parameters are not finite: "w" (NaN), "b" (NaN). The parameters and the learning rate stay as they were (1 of 2 steps skipped so far).",
        ],
      ]
    `);
    model.poison = 1;
    await engine.trainBatch(toyBatch(1));
    expect(engine.wasStepApplied()).toBe(true);
    expect(model.values().every(Number.isFinite)).toBe(true);
    expect(lrScheduler.getLastLr()).toEqual([0.1 / 3]);
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });

  it('leaves parameters without gradients alone, weight decay and all', async () => {
    const model = createToyModel();
    model.device.write(model.parameter('spare'), Float32Array.of(1, 2, 3));
    const { engine } = await initialize({
      model,
      loss: toyLoss,
      config: plain,
      optimizer: adam({ learningRate: 0.1, weightDecay: 0.5 }),
    });
    await engine.trainBatch(toyBatch(0));
    expect([...model.parameter('spare').values]).toEqual([1, 2, 3]);
  });
});

describe('trainBatch, trainEpoch and evalBatch', () => {
  const batches = (count: number) => Array.from({ length: count }, (_, index) => toyBatch(index));

  it('takes a step of all its micro-batches and returns their mean loss', async () => {
    const short = await toy({ ...plain, train_batch_size: 4 });
    const long = await toy({ ...plain, train_batch_size: 4 });
    const losses = [(await micro(long, 0)).loss!, (await micro(long, 1)).loss!];
    expect(await short.engine.trainBatch(batches(2).values())).toBe((losses[0]! + losses[1]!) / 2);
    expect(short.model.values()).toEqual(long.model.values());
    const named = batches(2).map(([xs, ys]) => ({ xs, ys }));
    const other = await toy({ ...plain, train_batch_size: 4 });
    await other.engine.trainBatch(named.values());
    expect(other.model.values()).toEqual(long.model.values());
  });

  it('reads a loader through, epoch after epoch, and steps with what an epoch leaves over', async () => {
    const reports: StepReport[] = [];
    const model = createToyModel();
    const { engine, trainingDataLoader } = await initialize({
      model,
      loss: toyLoss,
      config: { ...plain, train_batch_size: 4 },
      optimizer: sgd({ learningRate }),
      trainingData: batches(3).flatMap(([xs, ys]) => xs.map((x, row) => [x, ys[row]!] as const)),
      collate: (items) => [items.map(([x]) => x), items.map(([, y]) => y)] as const,
      shuffle: false,
      onStep: (report) => void reports.push(report),
    });
    for (let step = 0; step < 4; step++) await engine.trainBatch();
    expect(reports.map(({ samples }) => samples)).toEqual([4, 6, 10, 12]);
    expect(trainingDataLoader.epoch).toBe(2);
    const mean = await engine.trainEpoch();
    expect(reports).toHaveLength(6);
    expect(mean).toBe((reports[4]!.loss + reports[5]!.loss) / 2);
    expect(trainingDataLoader.epoch).toBe(3);
    const { seconds, ...report } = reports[5]!;
    expect(seconds).toBeGreaterThan(0);
    expect(report).toEqual({
      step: 6,
      loss: expect.any(Number) as number,
      lr: learningRate,
      gradNorm: engine.getGlobalGradNorm(),
      skipped: false,
      samples: 18,
    });
    // The loader releases each batch after use: all were handed back but the one in hand, and then that too.
    await engine.trainBatch();
    expect(model.released).toHaveLength(10);
    engine.dispose();
    expect(model.released).toHaveLength(11);
  });

  it('takes up another source from its start', async () => {
    const { engine, model } = await toy();
    const fresh = await toy();
    const [first, second] = [batches(4).values(), batches(4).values()];
    for (const source of [first, second, first]) await engine.trainBatch(source);
    for (const index of [0, 0, 1]) await fresh.engine.trainBatch(toyBatch(index));
    expect(model.values()).toEqual(fresh.model.values());
  });

  it('shuffles unless told not to, and drops short batches when told to', async () => {
    const load = async (options: { shuffle?: boolean; config?: DeepSpeedConfig }): Promise<unknown[]> => {
      const { trainingDataLoader } = await initialize({
        model: createToyModel(),
        loss: toyLoss,
        config: plain,
        trainingData: Array.from({ length: 9 }, (_, index) => index),
        collate: (items) => items as never,
        ...options,
      });
      const seen: unknown[] = [];
      for await (const batch of trainingDataLoader) seen.push(...(batch as unknown as number[]));
      return seen;
    };
    const inOrder = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    expect(await load({ shuffle: false })).toEqual(inOrder);
    expect(await load({})).not.toEqual(inOrder);
    expect(new Set(await load({}))).toEqual(new Set(inOrder));
    expect(await load({ shuffle: false, config: { ...plain, dataloader_drop_last: true } })).toHaveLength(8);
  });

  it('releases an output that is the loss once', async () => {
    const model = createToyModel();
    const { engine } = await initialize({ model, config: plain });
    const [input] = toyBatch(0);
    expect(await engine.evalBatch(input)).toBe(model.evaluate(input).values[0]);
    expect(model.released).toHaveLength(1);
  });

  it('evaluates without gradients', async () => {
    const { engine, model } = await toy();
    const before = model.values();
    const [input, target] = toyBatch(3);
    expect(await engine.evalBatch([input, target])).toBe(toyLoss(model.evaluate(input), target).values[0]);
    expect(model.values()).toEqual(before);
    expect(model.released).toHaveLength(2);
    expect([engine.globalSteps, engine.microSteps]).toEqual([0, 0]);
  });

  it('explains what it cannot train on', async () => {
    const { engine } = await toy({ ...plain, train_batch_size: 4 });
    await expect(engine.trainBatch()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: trainBatch() needs batches: give a loader or an iterator, or give "trainingData" to initialize().]`,
    );
    await expect(engine.trainBatch(toyBatch(0))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: trainBatch() was given one batch, but a step takes 2 micro-batches (gradient_accumulation_steps). Give a loader or an iterator, for example [first, second].values().]`,
    );
    await expect(engine.trainBatch([].values())).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: The iterator has no more batches. Give a new one, or a loader, which begins its next epoch by itself.]`,
    );
    await expect(engine.evalBatch({ x: 1 } as never)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: With a loss, a batch must be [input, target] or { xs: input, ys: target }; it is an object with x.]`,
    );
    await expect(engine.evalBatch([1, 2, 3] as never)).rejects.toThrow(InvalidArgumentError);
  });
});

describe('calls at the wrong moment', () => {
  const messageOf = async (call: () => unknown): Promise<string> => {
    try {
      await call();
    } catch (error) {
      expect(InvalidStateError.isInstance(error)).toBe(true);
      return (error as Error).message;
    }
    return 'no error';
  };

  it('are explained', async () => {
    const { engine } = await toy();
    const [input, target] = toyBatch(0);
    const loss = toyLoss(engine(input), target);
    expect(await messageOf(() => engine.step())).toMatchInlineSnapshot(
      `"step() comes after a backward(): there are no new gradients. Call forward(), backward(loss), then step(), once for every micro-batch."`,
    );
    engine.backward(loss);
    expect(await messageOf(() => engine.backward(loss))).toMatchInlineSnapshot(
      `"backward() comes after a forward(), and once for each: the recording is used up by it."`,
    );
    expect(await messageOf(() => engine.flush())).toMatchInlineSnapshot(
      `"flush() was called between backward() and step(). Call step() first."`,
    );
    expect(await messageOf(() => engine.saveCheckpoint('nowhere'))).toMatchInlineSnapshot(
      `"saveCheckpoint() was called between backward() and step(). Call step() first."`,
    );
    await engine.step();
    expect(await messageOf(() => engine.step())).toContain('after a backward()');
    engine.eval();
    const output = engine(input);
    expect(await messageOf(() => engine.backward(toyLoss(output, target)))).toMatchInlineSnapshot(
      `"backward() was called in evaluation mode, where forward() records nothing. Call engine.train() first."`,
    );
    expect(await messageOf(() => engine.trainBatch(toyBatch(0)))).toMatchInlineSnapshot(
      `"trainBatch() was called in evaluation mode. Call engine.train() first."`,
    );
    engine.train();
    await engine.trainBatch(toyBatch(0));
  });

  it('include forgetting to wait', async () => {
    const { engine } = await toy();
    const [input, target] = toyBatch(0);
    engine.backward(toyLoss(engine(input), target));
    const pending = engine.step();
    expect(await messageOf(() => engine(input))).toMatchInlineSnapshot(
      `"forward() was called while step() still runs. Write "await engine.step(...)"."`,
    );
    await pending;
    engine(input);
  });

  it('include all after dispose, which may come twice', async () => {
    const { engine, model } = await toy();
    await engine.trainBatch(toyBatch(0));
    engine.dispose();
    engine.dispose();
    engine[Symbol.dispose]();
    expect(model.device.memory()).toEqual({ slabs: 0, bytes: 0 });
    expect(await messageOf(() => engine(toyBatch(0)[0]))).toMatchInlineSnapshot(
      `"forward() was called after dispose(). Create a new engine with initialize()."`,
    );
    for (const call of [
      () => engine.step(),
      () => engine.flush(),
      () => engine.trainBatch(toyBatch(0)),
      () => engine.evalBatch(toyBatch(0)),
      () => engine.zeroGrad(),
      () => engine.saveCheckpoint('nowhere'),
      () => engine.loadCheckpoint('nowhere'),
      () => engine.setTrainBatchSize(2),
    ]) {
      expect(await messageOf(call)).toContain('after dispose()');
    }
  });
});

describe('memory', () => {
  it('of fp32 Adam is 16 bytes a parameter: weights 4, gradients 4, moments 8', async () => {
    const model = createToyModel();
    const frozen = 4 * model.frozen.length;
    expect(model.device.memory().bytes - frozen).toBe(4 * model.layout.length);
    const { engine } = await initialize({ model, loss: toyLoss, config: plain, optimizer: adam() });
    await engine.trainBatch(toyBatch(0));
    const after = model.device.memory();
    expect(after.bytes - frozen).toBe(16 * model.layout.length);
    for (let step = 0; step < 5; step++) await engine.trainBatch(toyBatch(step));
    await engine.evalBatch(toyBatch(0));
    expect(model.device.memory()).toEqual(after);
    engine.dispose();
    expect(model.device.memory()).toEqual({ slabs: 0, bytes: 0 });
  });
});

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

describe('output', () => {
  it('reports the time since the step before, and for the first since its forward pass', async () => {
    const clock = vi.spyOn(performance, 'now');
    const run = await toy();
    const seconds: number[] = [];
    run.engine.onStep((report) => void seconds.push(report.seconds));
    for (const [index, times] of [[10_000, 12_000], [15_000], [15_500]].entries()) {
      for (const time of times) clock.mockReturnValueOnce(time);
      await micro(run, index);
    }
    clock.mockRestore();
    expect(seconds).toEqual([2, 3, 0.5]);
  });

  it('is silent unless steps_per_print asks for a line', async () => {
    const silent = await toy();
    await silent.engine.trainBatch(toyBatch(0));
    expect(logger.info).not.toHaveBeenCalled();
    const loud = await toy({ ...plain, steps_per_print: 2 });
    for (let step = 0; step < 4; step++) await micro(loud, step);
    expect(logger.info.mock.calls.map(([line]) => line.replace(/seconds=[\d.]+/, 'seconds=S')))
      .toMatchInlineSnapshot(`
      [
        "step=2, loss=2.943, lr=0.1, grad_norm=3.677, samples=4, seconds=S",
        "step=4, loss=0.8888, lr=0.1, grad_norm=1.808, samples=8, seconds=S",
      ]
    `);
  });

  it('stops telling a listener that was removed', async () => {
    const { engine } = await toy();
    const listener = vi.fn<() => void>();
    const remove = engine.onStep(listener);
    await engine.trainBatch(toyBatch(0));
    remove();
    await engine.trainBatch(toyBatch(0));
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
