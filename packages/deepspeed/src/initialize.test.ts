import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeEach, describe, expect, it } from 'vitest';
import { backends } from '../test/backends.ts';
import type { Block, DeepSpeedConfig, Device } from './index.ts';
import {
  adam,
  ConfigError,
  createMemoryStorage,
  createRandom,
  initialize,
  InvalidArgumentError,
  loadCheckpoint,
  sgd,
} from './index.ts';

const config: DeepSpeedConfig = {
  train_batch_size: 8,
  train_micro_batch_size_per_gpu: 4,
  optimizer: { type: 'AdamW', params: { lr: 0.05, weight_decay: 0.01 } },
  scheduler: { type: 'WarmupLR', params: { warmup_max_lr: 0.05, warmup_num_steps: 4 } },
};

/** Points in the plane, and whether they are in the unit circle. */
const random = createRandom(1);
const examples = Array.from({ length: 42 }, () => {
  const [x, y] = [3 * random.uniform() - 1.5, 3 * random.uniform() - 1.5];
  return [[x, y], [x * x + y * y < 1 ? 1 : 0]] as const;
});

/** Leaves intermediate results behind, as losses do. */
const meanSquaredError = (output: tf.Tensor, target: tf.Tensor): tf.Tensor =>
  tf.mean(tf.square(tf.sub(output, target)));

const seeded = (seed: number) => tfl.initializers.glorotUniform({ seed });

function classifier(): tfl.Sequential {
  return tfl.sequential({
    layers: [
      tfl.layers.dense({ units: 8, activation: 'tanh', inputShape: [2], kernelInitializer: seeded(1) }),
      tfl.layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: seeded(2) }),
    ],
  });
}

const hidden: Block<tf.Tensor> = {
  name: 'hidden',
  parameters: [
    { name: 'hidden.weight', shape: [2, 8] },
    { name: 'hidden.bias', shape: [8] },
  ],
  forward: ([weight, bias], x) => tf.tanh(tf.add(tf.matMul(x, weight!), bias!)),
};
const head: Block<tf.Tensor> = {
  name: 'head',
  parameters: [{ name: 'head.weight', shape: [8, 1] }],
  forward: ([weight], x) => tf.sigmoid(tf.matMul(x, weight!)),
};

for (const backend of backends) {
  describe(`initialize on ${backend}`, () => {
    beforeEach(async () => {
      await tf.setBackend(backend);
    });

    it('trains a sequential model, and leaves nothing behind', async () => {
      const model = classifier();
      const before = tf.memory().numTensors;
      const { engine, trainingDataLoader } = await initialize({
        model,
        config,
        loss: meanSquaredError,
        // A whole number of steps: between the epochs, no batch is held.
        trainingData: examples.slice(0, 40),
        seed: 3,
      });
      const batch = [
        tf.tensor2d(examples.map(([x]) => [...x])),
        tf.tensor2d(examples.map(([, y]) => [...y])),
      ] as const;
      const first = await engine.evalBatch(batch);
      await engine.trainBatch();
      const [tensors, slabs] = [tf.memory().numTensors, engine.model.device.memory()];
      for (let step = 0; step < 9; step++) {
        await engine.trainBatch();
        expect(tf.memory().numTensors).toBe(tensors);
        expect((engine.model.device as Device).memory()).toEqual(slabs);
      }
      for (let epoch = 0; epoch < 60; epoch++) await engine.trainEpoch();
      expect(await engine.evalBatch(batch)).toBeLessThan(first / 2);
      // Gone are the loader's batch, and what the last step left readable.
      expect(tf.memory().numTensors).toBe(tensors - 4);
      expect(trainingDataLoader.length).toBe(10);
      engine.dispose();
      tf.dispose([...batch]);
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });

    it('runs the long loop with any operations on the output, without tidy', async () => {
      const { engine } = await initialize({ model: [hidden, head], config });
      const inputs = tf.tensor2d(examples.slice(0, 4).map(([x]) => x.slice()));
      const targets = tf.tensor2d(examples.slice(0, 4).map(([, y]) => y.slice()));
      const losses: number[] = [];
      const counts = new Set<number>();
      for (let step = 0; step < 40; step++) {
        const output = engine(inputs);
        const error = tf.sub(tf.mul(output, 1), targets);
        const loss = tf.mean(tf.square(error));
        losses.push((await engine.backward(loss).data())[0]!);
        await engine.step();
        counts.add(tf.memory().numTensors);
      }
      expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
      expect(counts.size).toBe(1);
      engine.dispose();
      tf.dispose([inputs, targets]);
    });

    it('gives a function, a list of blocks and their model the same training', async () => {
      const run = async (source: 'blocks' | 'function'): Promise<{ losses: number[]; left: number }> => {
        const before = tf.memory().numTensors;
        const options = { config, loss: meanSquaredError, trainingData: examples, seed: 5 };
        // Blocks draw their first values from the seed; the function gets the same ones.
        const draw = createRandom(5);
        const glorot = (rows: number, columns: number): tf.Variable => {
          const limit = Math.sqrt(6 / (rows + columns));
          const values = Float32Array.from(
            { length: rows * columns },
            () => limit * (2 * draw.uniform() - 1),
          );
          return tf.tidy(() => tf.variable(tf.tensor2d(values, [rows, columns])));
        };
        const variables = {
          w0: glorot(2, 8),
          b0: tf.tidy(() => tf.variable(tf.zeros([8]))),
          w1: glorot(8, 1),
        };
        const { engine } =
          source === 'blocks'
            ? await initialize({ ...options, model: [hidden, head] })
            : await initialize({
                ...options,
                model: {
                  variables,
                  forward: ({ w0, b0, w1 }, x: tf.Tensor): tf.Tensor =>
                    tf.sigmoid(tf.matMul(tf.tanh(tf.add(tf.matMul(x, w0), b0)), w1)),
                },
              });
        const losses: number[] = [];
        for (let step = 0; step < 6; step++) losses.push(await engine.trainBatch());
        engine.dispose();
        tf.dispose(variables);
        return { losses, left: tf.memory().numTensors - before };
      };
      const [blocks, byFunction] = [await run('blocks'), await run('function')];
      expect(blocks.losses).toEqual(byFunction.losses);
      expect([blocks.left, byFunction.left]).toEqual([0, 0]);
    });

    it('resumes a sequential model bit for bit', async () => {
      const create = async () => {
        const model = classifier();
        const { engine } = await initialize({
          model,
          config,
          loss: meanSquaredError,
          trainingData: examples,
        });
        return engine;
      };
      const straight = await create();
      const expected: number[] = [];
      for (let step = 0; step < 14; step++) expected.push(await straight.trainBatch());
      const storage = createMemoryStorage();
      const first = await create();
      const losses: number[] = [];
      for (let step = 0; step < 7; step++) losses.push(await first.trainBatch());
      await first.saveCheckpoint(storage);
      const second = await create();
      await second.loadCheckpoint(storage);
      for (let step = 0; step < 7; step++) losses.push(await second.trainBatch());
      expect(losses).toEqual(expected);
      const { tensors } = await loadCheckpoint(storage);
      expect(new Set(Object.keys(tensors['model.safetensors']!))).toEqual(
        new Set(straight.model.layout.entries.map(({ name }) => name)),
      );
      for (const engine of [straight, first, second]) engine.dispose();
    });

    it('costs 16 bytes a parameter for fp32 Adam', async () => {
      const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 64, inputShape: [128] })] });
      const weights = 4 * 128 * 64 + 4 * 64;
      const start = tf.memory().numBytes;
      const { engine } = await initialize({ model, config: { train_batch_size: 1 }, optimizer: adam() });
      const { device } = engine.model;
      // One slab of gradients and two of moments; the weights are the layers' own tensors.
      const slabs = device.memory().bytes;
      const x = tf.ones([1, 128]);
      engine.backward(tf.mean(tf.square(engine(x))));
      await engine.step();
      x.dispose();
      expect(device.memory().bytes).toBe(slabs);
      const held = tf.memory().numBytes - start;
      engine.dispose();
      expect(engine.model.layout.length * 4).toBe(weights);
      expect(weights + slabs - device.memory().bytes).toBe(4 * weights);
      // What tfjs counts besides: output and loss of the last step, which may be read until the next.
      expect(held).toBeLessThanOrEqual(3 * weights + 4 * 64 + 4);
      model.dispose();
    });
  });
}

describe('initialize', () => {
  beforeEach(async () => {
    await tf.setBackend('cpu');
  });

  it('takes the compiled loss, regularizers included', async () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.dense({
          units: 1,
          inputShape: [2],
          kernelInitializer: seeded(4),
          kernelRegularizer: tfl.regularizers.l2({ l2: 0.1 }),
        }),
      ],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const xs = tf.tensor2d(examples.map(([x]) => [...x]));
    const ys = tf.tensor2d(examples.map(([, y]) => [...y]));
    // What tfjs itself says the loss is: `evaluate` leaves the penalty out, `trainOnBatch` adds it.
    const { engine } = await initialize({
      model,
      loss: 'compiled',
      config: { train_batch_size: examples.length, gradient_clipping: 0 },
      optimizer: sgd({ learningRate: 0.01 }),
    });
    const twin = tfl.sequential({
      layers: [
        tfl.layers.dense({
          units: 1,
          inputShape: [2],
          kernelInitializer: seeded(4),
          kernelRegularizer: tfl.regularizers.l2({ l2: 0.1 }),
        }),
      ],
    });
    twin.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
    twin.setWeights(model.getWeights());
    for (let step = 0; step < 3; step++) {
      expect(await engine.trainBatch({ xs, ys })).toBeCloseTo((await twin.trainOnBatch(xs, ys)) as number, 6);
    }
    const [ours, theirs] = [model, twin].map((each) => Array.from(each.getWeights()[0]!.dataSync()));
    for (const [index, value] of ours!.entries()) expect(value).toBeCloseTo(theirs![index]!, 6);
    await expect(
      initialize({ model: classifier(), loss: 'compiled', config }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: loss: 'compiled' needs a tf.LayersModel on which model.compile({ optimizer, loss }) was called. Call it first, or give a function (output, target) => scalar.]`,
    );
  });

  it('disposes what it made when it fails', async () => {
    const before = tf.memory().numTensors;
    await expect(
      initialize({ model: [hidden, head], config: { ...config, train_batch_size: 7 } }),
    ).rejects.toThrow(ConfigError);
    await expect(
      initialize({ model: [hidden, head], config, lrScheduler: { type: 'OneCycle', params: {} } as never }),
    ).rejects.toThrow('cycle_min_lr');
    expect(tf.memory().numTensors).toBe(before);
    await expect(initialize({ model: 42 as never, config })).rejects.toThrow(InvalidArgumentError);
  });

  it('explains options that it cannot use before it makes anything', async () => {
    const before = tf.memory().numTensors;
    const model = [hidden, head];
    for (const [options, message] of [
      [undefined, 'initialize() takes one object with at least "model" and "config"'],
      [{ modle: model, config }, 'Unknown option of initialize() "modle". Did you mean "model"?'],
      [{ model, config, trainingKernel: false }, 'Did you mean "trainingKernels"?'],
      [{ model, config, loss: 'compild' }, 'it is "compild". Did you mean "compiled"?'],
      [{ model, config, loss: 3 }, 'loss must be a function (output, target) => scalar, or "compiled"'],
      [{ model, config, optimizer: tf.train.adam(0.1) }, 'it is an optimizer of tfjs (tf.train)'],
    ] as const) {
      await expect(initialize(options as never)).rejects.toThrow(message);
    }
    // tfjs's own Adam keeps two numbers.
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(2);
  });

  it('refuses a loss that is no scalar in evaluation too, and leaves nothing behind', async () => {
    const model = classifier();
    const { engine } = await initialize({
      model,
      config: { ...config, train_batch_size: 4 },
      loss: (output, target) => tf.sub(output, target),
    });
    const batch = [tf.ones([4, 2]), tf.ones([4, 1])] as const;
    const before = tf.memory().numTensors;
    await expect(engine.evalBatch(batch)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: A loss must be a scalar tensor, got a tensor of shape [4, 1]. Reduce it first, for example with loss.mean().]`,
    );
    expect(tf.memory().numTensors).toBe(before);
    await expect(engine.trainBatch(batch)).rejects.toThrow('needs a scalar float32 loss');
    engine.dispose();
    tf.dispose([...batch]);
    model.dispose();
  });

  it('runs dropout when it trains and not when it evaluates', async () => {
    const model = tfl.sequential({ layers: [tfl.layers.dropout({ rate: 0.5, inputShape: [100], seed: 1 })] });
    const { engine } = await initialize({ model, config: { train_batch_size: 1 } });
    const x = tf.ones([1, 100]);
    engine.train();
    expect((await engine(x).data()).includes(0)).toBe(true);
    engine.eval();
    const output = engine(x);
    expect((await output.data()).includes(0)).toBe(false);
    tf.dispose([x, output]);
    engine.dispose();
    model.dispose();
  });
});
