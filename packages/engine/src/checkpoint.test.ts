import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CheckpointError, createMemoryStorage, loadCheckpoint, saveCheckpoint } from '@ds/checkpoint';
import { adafactor, adamW, muon, sgd } from '@ds/optim';
import { cosine } from '@ds/scheduler';
import type { OptimizerDefinition } from '@ds/tensor';
import { createLayout } from '@ds/tensor';
import { afterAll, describe, expect, it } from 'vitest';
import type { ToyModel } from '../test/toy-model.ts';
import { createToyModel, toyBatch, toyLoss } from '../test/toy-model.ts';
import type { DeepSpeedConfig } from './config/schema.ts';
import { CheckpointMismatchError } from './errors.ts';
import { initialize } from './initialize.ts';
import type { LearningRateSchedulerSource } from './learning-rate-scheduler.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ds-engine-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** 22 examples in micro-batches of 2: epochs of 11 micro-batches, which 3 does not divide. */
const examples = Array.from({ length: 11 }, (_, index) => toyBatch(index)).flatMap(([xs, ys]) =>
  xs.map((x, row) => [x, ys[row]!] as const),
);

interface Setup {
  readonly optimizer?: OptimizerDefinition;
  readonly lrScheduler?: LearningRateSchedulerSource;
  readonly config?: DeepSpeedConfig;
  readonly seed?: number;
  readonly model?: ToyModel;
  readonly trainingData?: typeof examples;
}

async function create({
  optimizer = adamW({ learningRate: 0.05, weightDecay: 0.1 }),
  lrScheduler = cosine(0.05, { steps: 20 }),
  config = { train_micro_batch_size_per_gpu: 2, gradient_accumulation_steps: 3 },
  seed = 4,
  model = createToyModel(),
  trainingData = examples,
}: Setup = {}) {
  const { engine } = await initialize({
    model,
    loss: toyLoss,
    config,
    optimizer,
    lrScheduler,
    trainingData,
    collate: (items) => [items.map(([x]) => x), items.map(([, y]) => y)] as const,
    seed,
    logger: { info() {}, warn() {} },
  });
  return { engine, model };
}

/** Trains by hand, micro-batch by micro-batch, so that a save can come in the middle of a step. */
async function micros({ engine }: Awaited<ReturnType<typeof create>>, count: number): Promise<number[]> {
  const losses: number[] = [];
  const loader = engine.trainingDataLoader!;
  while (losses.length < count) {
    for await (const batch of loader) {
      const [input, target] = batch as readonly [Parameters<typeof engine>[0], readonly number[]];
      losses.push(engine.backward(toyLoss(engine(input), target)).values[0]!);
      await engine.step();
      if (losses.length === count) return losses;
    }
    await engine.flush();
  }
  return losses;
}

describe('resuming', () => {
  const optimizers = {
    adamW: adamW({ learningRate: 0.05, weightDecay: 0.1 }),
    momentum: sgd({ learningRate: 0.05, momentum: 0.9 }),
    adafactor: adafactor(),
    muon: muon(),
  };
  for (const [name, optimizer] of Object.entries(optimizers)) {
    it(`equals never having stopped, bit for bit: ${name}, in the middle of a step and of an epoch`, async () => {
      const straight = await create({ optimizer });
      const expected = await micros(straight, 28);

      const storage = createMemoryStorage();
      const first = await create({ optimizer });
      const losses = await micros(first, 14);
      await first.engine.saveCheckpoint(storage);
      first.engine.dispose();

      const second = await create({ optimizer, seed: 99, model: createToyModel([9, 9]) });
      await second.engine.loadCheckpoint(storage);
      losses.push(...(await micros(second, 14)));

      expect(losses).toEqual(expected);
      expect(second.model.values()).toEqual(straight.model.values());
      expect(second.engine.getLr()).toEqual(straight.engine.getLr());
      expect(second.engine.getGlobalGradNorm()).toBe(straight.engine.getGlobalGradNorm());
      const countersOf = ({ engine }: typeof second): number[] => [
        engine.globalSteps,
        engine.globalSamples,
        engine.microSteps,
      ];
      expect(countersOf(second)).toEqual(countersOf(straight));
    });
  }

  it('holds at every micro-batch, with schedulers of a config file too', async () => {
    const setup: Setup = {
      lrScheduler: {
        type: 'OneCycle',
        params: { cycle_min_lr: 0.01, cycle_max_lr: 0.1, cycle_first_step_size: 3 },
      },
    };
    const straight = await create(setup);
    const expected = await micros(straight, 24);
    for (let stop = 0; stop <= 23; stop++) {
      const storage = createMemoryStorage();
      const first = await create(setup);
      const losses = await micros(first, stop);
      await first.engine.saveCheckpoint(storage);
      const second = await create({ ...setup, seed: 50 });
      await second.engine.loadCheckpoint(storage);
      losses.push(...(await micros(second, 24 - stop)));
      expect(losses).toEqual(expected);
      expect(second.model.values()).toEqual(straight.model.values());
    }
  });

  it('reports the loss of a step that a save cut in two', async () => {
    const straight = await create();
    const whole = await straight.engine.trainBatch();
    const storage = createMemoryStorage();
    const first = await create();
    first.engine.onStep(() => {});
    await micros(first, 2);
    await first.engine.saveCheckpoint(storage);
    const second = await create();
    await second.engine.loadCheckpoint(storage);
    expect(await second.engine.trainBatch()).toBe(whole);
  });

  it('restores frozen parameters and skipped steps', async () => {
    const storage = createMemoryStorage();
    const first = await create();
    first.model.device.write(first.model.parameter('scale'), Float32Array.of(7));
    first.model.poison = Number.POSITIVE_INFINITY;
    await first.engine.trainBatch();
    await first.engine.saveCheckpoint(storage);
    const second = await create();
    await second.engine.loadCheckpoint(storage);
    expect([...second.model.parameter('scale').values]).toEqual([7]);
    expect([second.engine.globalSteps, second.engine.skippedSteps]).toEqual([1, 1]);
  });
});

describe('saveCheckpoint', () => {
  it('names a checkpoint after its step, and returns client state as it was given', async () => {
    const { engine } = await create();
    await engine.trainBatch();
    const clientState = { best: Number.POSITIVE_INFINITY, note: 'mine', epochs: [1, 2] };
    expect(await engine.saveCheckpoint(folder, { clientState })).toEqual({ tag: 'global_step1' });
    await engine.trainBatch();
    await engine.saveCheckpoint(folder, { tag: 'other' });
    expect(await engine.loadCheckpoint(folder, { tag: 'global_step1' })).toEqual({
      tag: 'global_step1',
      clientState,
    });
    expect(engine.globalSteps).toBe(1);
    expect(await engine.loadCheckpoint(folder)).toEqual({ tag: 'other', clientState: {} });
    expect(engine.globalSteps).toBe(2);
    await engine.saveCheckpoint(folder, { tag: 'last', keep: 1 });
    expect(new Set(readdirSync(folder))).toEqual(new Set(['last', 'latest']));
  });

  it('writes tensors under their names and everything else as JSON', async () => {
    const storage = createMemoryStorage();
    const run = await create();
    await micros(run, 4);
    await run.engine.saveCheckpoint(storage);
    const { tensors, json } = await loadCheckpoint(storage);
    expect(new Set(Object.keys(tensors))).toEqual(
      new Set(['gradients.safetensors', 'model.safetensors', 'optimizer.safetensors']),
    );
    expect(new Set(Object.keys(tensors['model.safetensors']!))).toEqual(
      new Set(['b', 'scale', 'spare', 'w']),
    );
    expect([...(tensors['model.safetensors']!['w']!.data as Float32Array)]).toEqual(
      run.model.values().slice(0, 2),
    );
    expect(tensors['optimizer.safetensors']!['w.exp_avg']?.shape).toEqual([2]);
    expect(new Set(Object.keys(tensors['gradients.safetensors']!))).toEqual(new Set(['b', 'w']));
    expect(json['engine.json']).toMatchObject({
      counters: { globalSteps: 1, globalSamples: 6, microSteps: 4, skippedSteps: 0 },
      window: { microBatches: 1, accumulation: 3 },
      loader: { epoch: 0, position: 4 },
      scheduler: { type: 'schedule', state: { step: 1 } },
      config: { train_micro_batch_size_per_gpu: 2 },
    });
  });
});

describe('loadCheckpoint', () => {
  const saved = async (setup?: Setup) => {
    const storage = createMemoryStorage();
    const run = await create(setup);
    await run.engine.trainBatch();
    await run.engine.saveCheckpoint(storage, { tag: 'it' });
    return { storage, run };
  };

  it('names what is missing, left over and misshapen, and changes nothing', async () => {
    const { storage } = await saved();
    const { tensors, json } = await loadCheckpoint(storage);
    const { w, spare, ...rest } = tensors['model.safetensors']!;
    await saveCheckpoint(storage, {
      tag: 'wrong',
      tensors: { ...tensors, 'model.safetensors': { ...rest, w0: w!, spare: { ...spare!, shape: [1, 3] } } },
      json,
    });
    const { engine, model } = await create();
    const before = model.values();
    await expect(engine.loadCheckpoint(storage, { tag: 'wrong' })).rejects
      .toThrowErrorMatchingInlineSnapshot(`
      [CheckpointMismatchError: The checkpoint "wrong" is of another model:
      - it lacks "w" [2] (is it the saved "w0"?)
      - "spare" is F32 [1, 3] there and F32 [3] in the model
      - its "w0" is not in the model]
    `);
    await expect(engine.loadCheckpoint(storage, { tag: 'wrong' })).rejects.toThrow(CheckpointMismatchError);
    expect([model.values(), engine.globalSteps]).toEqual([before, 0]);
  });

  it('refuses another optimizer, scheduler or accumulation in the middle of a step', async () => {
    const { storage, run } = await saved();
    const refusal = async (setup: Setup): Promise<string> => {
      const { engine, model } = await create(setup);
      const before = model.values();
      const error = await engine.loadCheckpoint(storage).catch((reason: unknown) => reason as Error);
      expect(model.values()).toEqual(before);
      return (error as Error).message;
    };
    expect(await refusal({ optimizer: sgd() })).toMatchInlineSnapshot(
      `"The checkpoint "it" has the optimizer AdamW, the engine SGD. Configure the engine as it was when it was saved, or load with { modelOnly: true }."`,
    );
    expect(await refusal({ lrScheduler: { type: 'WarmupLR', params: {} } })).toMatchInlineSnapshot(
      `"The checkpoint "it" has the learning-rate scheduler schedule, the engine WarmupLR. Configure the engine as it was when it was saved, or load with { modelOnly: true }."`,
    );
    await micros(run, 1);
    await run.engine.saveCheckpoint(storage, { tag: 'middle' });
    expect(
      await refusal({ config: { train_batch_size: 8, gradient_accumulation_steps: 4 } }),
    ).toMatchInlineSnapshot(
      `"The checkpoint "middle" was saved after 1 of 3 micro-batches of a step, and a step of this engine has 4. Configure the engine as it was when it was saved, or load with { modelOnly: true }."`,
    );
  });

  it('changes nothing at all when the last part does not fit', async () => {
    const scheduler = { type: 'StepLR', params: { step_size: 1, gamma: 0.5 } } as const;
    const { storage } = await saved({ lrScheduler: scheduler });
    const { json, tensors } = await loadCheckpoint(storage);
    const state = json['engine.json'] as Record<string, object>;
    const broken = createMemoryStorage();
    await saveCheckpoint(broken, {
      tag: 'broken',
      tensors,
      json: { 'engine.json': { ...state, scheduler: { type: 'StepLR', state: { last_epoch: 'one' } } } },
    });
    for (const [setup, from, complaint] of [
      // Its epoch has two micro-batches, and three were handed out.
      [{ trainingData: examples.slice(0, 3) }, storage, 'had handed out 3 batches of its epoch'],
      [{ optimizer: adamW({ amsgrad: true }) }, storage, 'the saved max_exp_avg_sq of parameter'],
      [{}, broken, 'last_epoch'],
    ] as const) {
      const { engine, model } = await create({ lrScheduler: scheduler, ...setup });
      await engine.trainBatch();
      const now = async (): Promise<unknown> => ({
        values: model.values(),
        optimizer: await engine.optimizer!.stateDict(),
        scheduler: engine.lrScheduler!.stateDict(),
        loader: engine.trainingDataLoader!.stateDict(),
        lr: engine.getLr(),
        steps: engine.globalSteps,
      });
      await engine.trainBatch();
      const before = await now();
      const error: unknown = await engine.loadCheckpoint(from).catch((reason: unknown) => reason);
      expect(CheckpointMismatchError.isInstance(error)).toBe(true);
      expect((error as Error).message).toContain(complaint);
      expect(await now()).toEqual(before);
    }
  });

  it('drops a backward pass that is under way', async () => {
    const { storage, run } = await saved();
    const { engine } = run;
    const [input, target] = toyBatch(0);
    engine.backward(toyLoss(engine(input), target));
    await engine.loadCheckpoint(storage);
    await expect(engine.step()).rejects.toThrow('comes after a backward()');
  });

  it('loads just the model when asked to, or when there is no optimizer', async () => {
    const { storage, run } = await saved();
    const { engine, model } = await create({ optimizer: sgd() });
    await engine.loadCheckpoint(storage, { modelOnly: true });
    expect(model.values()).toEqual(run.model.values());
    expect(engine.globalSteps).toBe(0);
    const inference = createToyModel();
    const forInference = await initialize({
      model: inference,
      loss: toyLoss,
      config: { train_batch_size: 2 },
    });
    await forInference.engine.loadCheckpoint(storage);
    expect(inference.values()).toEqual(run.model.values());
    await forInference.engine.saveCheckpoint(storage, { tag: 'bare' });
    const training = await create();
    await expect(training.engine.loadCheckpoint(storage)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[CheckpointMismatchError: The checkpoint "bare" has no optimizer state: it was saved by an engine for inference. Configure the engine as it was when it was saved, or load with { modelOnly: true }.]`,
    );
  });

  it('says when there is no checkpoint, or none of an engine', async () => {
    const { engine } = await create();
    const storage = createMemoryStorage();
    await expect(engine.loadCheckpoint(storage)).rejects.toSatisfy((error) =>
      CheckpointError.isInstance(error),
    );
    await saveCheckpoint(storage, { tag: 'mine', json: { 'a.json': 1 } });
    await expect(engine.loadCheckpoint(storage)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: The checkpoint "mine" has no engine.json: it was not written by engine.saveCheckpoint(). Read it with loadCheckpoint() of @ds/checkpoint.]`,
    );
  });

  it('takes any layout that has the same names and shapes', async () => {
    const { storage, run } = await saved();
    const model = createToyModel();
    const { entries } = model.layout;
    const reordered: ToyModel = { ...model, layout: createLayout(entries.toReversed()) };
    const { engine } = await create({ model: reordered });
    await engine.loadCheckpoint(storage);
    expect(model.values()).toEqual(run.model.values());
    await engine.trainBatch();
    await run.engine.trainBatch();
    for (const [index, value] of model.values().entries()) expect(value).toBe(run.model.values()[index]);
  });
});
