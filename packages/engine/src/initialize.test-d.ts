import type { Schedule } from '@ds/scheduler';
import type { Model, Optimizer, OptimizerDefinition } from '@ds/tensor';
import type { ArraySlab } from '@ds/tensor/testing';
import { describe, expectTypeOf, it } from 'vitest';
import type { DataLoader, DeepSpeedConfig, Engine, InputAndTarget, LearningRateScheduler } from './index.ts';
import { createDataLoader, initialize } from './index.ts';

interface Scalar {
  readonly scalar: number;
}
interface Pixels {
  readonly pixels: number;
}
interface Logits {
  readonly logits: number;
}

declare const model: Model<Scalar, ArraySlab, Pixels, Logits>;
declare const optimizer: OptimizerDefinition;
declare const config: DeepSpeedConfig;
declare const dataset: { readonly length: number; get(index: number): Promise<{ image: number }> };
const loss = (output: Logits, target: number): Scalar => ({ scalar: output.logits - target });

type Batch = InputAndTarget<Pixels, number>;

describe('initialize', () => {
  it('gives the four parts by name and by position', async () => {
    const result = await initialize({
      model,
      loss,
      config,
      optimizer,
      lrScheduler: (step: number) => 1 / (step + 1),
      trainingData: dataset,
      collate: (items) => {
        expectTypeOf(items).toEqualTypeOf<readonly { image: number }[]>();
        return [{ pixels: items.length }, 1] as const;
      },
    });
    const [engine, boundOptimizer, loader, scheduler] = result;
    expectTypeOf(engine).toEqualTypeOf<Engine<Scalar, ArraySlab, Pixels, Logits, Batch>>();
    expectTypeOf(boundOptimizer).toEqualTypeOf<Optimizer<ArraySlab>>();
    expectTypeOf(loader).toEqualTypeOf<DataLoader<Batch>>();
    expectTypeOf(scheduler).toEqualTypeOf<LearningRateScheduler>();
    expectTypeOf(result.engine).toEqualTypeOf(engine);
    expectTypeOf(result.optimizer).toEqualTypeOf(boundOptimizer);
    expectTypeOf(result.trainingDataLoader).toEqualTypeOf(loader);
    expectTypeOf(result.lrScheduler).toEqualTypeOf(scheduler);
    expectTypeOf(result.length).toEqualTypeOf<4>();
  });

  it('knows what may be missing', async () => {
    const result = await initialize({ model, config: 'ds_config.json' });
    expectTypeOf(result.optimizer).toEqualTypeOf<Optimizer<ArraySlab> | undefined>();
    expectTypeOf(result.trainingDataLoader).toEqualTypeOf<undefined>();
    expectTypeOf(result.lrScheduler).toEqualTypeOf<LearningRateScheduler | undefined>();
  });

  it('types what is written in place', async () => {
    const byFunction = await initialize({
      model,
      config,
      lrScheduler: (step) => {
        expectTypeOf(step).toEqualTypeOf<number>();
        return 1 / (step + 1);
      },
    });
    expectTypeOf(byFunction.lrScheduler).toEqualTypeOf<LearningRateScheduler>();
    const byNumber = await initialize({ model, config, lrScheduler: 0.1 });
    expectTypeOf(byNumber.lrScheduler).toEqualTypeOf<LearningRateScheduler>();
    const byName = await initialize({ model, config, lrScheduler: { type: 'WarmupLR', params: {} } });
    expectTypeOf(byName.lrScheduler).toEqualTypeOf<LearningRateScheduler>();
    const schedule: Schedule = (step) => step;
    const byVariable = await initialize({ model, config, lrScheduler: schedule });
    expectTypeOf(byVariable.lrScheduler).toEqualTypeOf<LearningRateScheduler>();
    const byObject = await initialize({
      model,
      config,
      lrScheduler: {
        create: ({ paramGroups }) => ({
          type: 'mine',
          step(metric) {
            expectTypeOf(metric).toEqualTypeOf<number | undefined>();
          },
          getLastLr: () => paramGroups.map(({ lr }) => lr),
          stateDict: () => ({}),
          loadStateDict() {},
        }),
      },
    });
    expectTypeOf(byObject.lrScheduler).toEqualTypeOf<LearningRateScheduler>();
  });

  it('makes an engine that is called like the model', async () => {
    const { engine } = await initialize({ model, loss, config });
    expectTypeOf(engine).toBeCallableWith({ pixels: 1 });
    expectTypeOf(engine({ pixels: 1 })).toEqualTypeOf<Logits>();
    expectTypeOf(engine.forward({ pixels: 1 })).toEqualTypeOf<Logits>();
    expectTypeOf(engine.backward({ scalar: 1 })).toEqualTypeOf<Scalar>();
    expectTypeOf(engine.trainBatch([{ pixels: 1 }, 2])).toEqualTypeOf<Promise<number>>();
    void engine.trainBatch({ xs: { pixels: 1 }, ys: 2 });
    void engine.trainBatch([[{ pixels: 1 }, 2] as const].values());
    // @ts-expect-error -- The target is a number.
    void engine.trainBatch([{ pixels: 1 }, 'two']);
    // @ts-expect-error -- The input has pixels.
    engine({ logits: 1 });
    const bare = await initialize({ model, config });
    void bare.engine.evalBatch({ pixels: 1 });
    // @ts-expect-error -- Without a loss, a batch is the input.
    void bare.engine.evalBatch([{ pixels: 1 }, 2]);
  });

  it('takes the target to be a tensor unless the loss says otherwise', async () => {
    const { engine } = await initialize({
      model,
      config,
      loss: (output, target) => {
        expectTypeOf(output).toEqualTypeOf<Logits>();
        expectTypeOf(target).toEqualTypeOf<Scalar>();
        return target;
      },
    });
    void engine.evalBatch([{ pixels: 1 }, { scalar: 1 }]);
  });

  it('checks the configuration', () => {
    // @ts-expect-error -- A typing mistake in a key.
    void initialize({ model, config: { train_batch_siez: 8 } });
    // @ts-expect-error -- A typing mistake within a section.
    void initialize({ model, config: { train_batch_size: 8, fp16: { enabld: false } } });
    // @ts-expect-error -- Not in this version.
    void initialize({ model, config: { train_batch_size: 8, zero_optimization: { stage: 3 } } });
    // @ts-expect-error -- No such scheduler.
    void initialize({ model, config: { train_batch_size: 8, scheduler: { type: 'WarmupLr', params: {} } } });
    // @ts-expect-error -- No such parameter of it.
    void initialize({ model, config: { scheduler: { type: 'WarmupLR', params: { warmup_steps: 3 } } } });
    void initialize({
      model,
      config: {
        train_batch_size: 8,
        optimizer: { type: 'Lion', params: { lr: 1e-4 } },
        scheduler: { type: 'WarmupLR', params: { warmup_num_steps: 3 } },
      },
    });
  });
});

describe('createDataLoader', () => {
  it('knows its batches', () => {
    expectTypeOf(createDataLoader([1, 2], { batchSize: 1 })).toEqualTypeOf<DataLoader<readonly number[]>>();
    expectTypeOf(createDataLoader(new Float32Array(2), { batchSize: 1 })).toEqualTypeOf<
      DataLoader<readonly number[]>
    >();
    const collated = createDataLoader(dataset, { batchSize: 1, collate: (items) => items[0]!.image });
    expectTypeOf(collated).toEqualTypeOf<DataLoader<number>>();
  });
});
