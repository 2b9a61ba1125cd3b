import { adam } from '@ds/optim';
import { InvalidStateError } from '@ds/tensor';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { learningRate, logger, micro, plain, toy } from '../test/toy-engine.ts';
import { createToyModel, toyBatch, toyLoss } from '../test/toy-model.ts';
import { initialize } from './initialize.ts';

afterEach(() => vi.clearAllMocks());

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
