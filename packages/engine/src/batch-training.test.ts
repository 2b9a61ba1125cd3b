import { sgd } from '@ds/optim';
import { InvalidArgumentError } from '@ds/tensor';
import { describe, expect, it } from 'vitest';
import { learningRate, micro, plain, toy } from '../test/toy-engine.ts';
import type { ToyTensor } from '../test/toy-model.ts';
import { createToyModel, toyBatch, toyLoss } from '../test/toy-model.ts';
import type { DeepSpeedConfig } from './config/schema.ts';
import { initialize } from './initialize.ts';
import type { StepReport } from './step-report.ts';

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
    expect(mean).toBe((reports[4]!.loss! + reports[5]!.loss!) / 2);
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
    const [input] = toyBatch(0, 1);
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

describe('evalBatch', () => {
  it('refuses a loss that is no scalar, and releases it', async () => {
    const model = createToyModel();
    const loss = ({ values }: ToyTensor, target: readonly number[]): ToyTensor => ({
      values: values.map((value, index) => value - target[index]!),
    });
    const { engine } = await initialize({ model, loss, config: plain });
    await expect(engine.evalBatch(toyBatch(0))).rejects.toThrow('not a scalar');
    expect(model.released).toHaveLength(2);
  });
});
