import { adamW, sgd } from '@ds/optim';
import { createRandom, InvalidArgumentError, InvalidStateError, UnavailableError } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { learningRateSchedule } from './learning-rate-schedule.ts';
import { TrainOptimizer, trainOptimizer } from './train-optimizer.ts';

const random = createRandom(11);
const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
const inputs = numbers(32 * 3);
const targets = Float32Array.from({ length: 32 }, (_, row) => {
  const [a, b, c] = inputs.subarray(3 * row, 3 * row + 3);
  return a! - 2 * b! + c! / 2;
});

function makeModel(): tfl.Sequential {
  const kernelInitializer = (seed: number) => tfl.initializers.glorotUniform({ seed });
  return tfl.sequential({
    layers: [
      tfl.layers.dense({
        units: 8,
        activation: 'tanh',
        inputShape: [3],
        kernelInitializer: kernelInitializer(1),
      }),
      tfl.layers.dense({ units: 1, kernelInitializer: kernelInitializer(2) }),
    ],
  });
}

const weightsOf = (model: tfl.LayersModel): Float32Array[] =>
  model.getWeights().map((weight) => weight.dataSync<'float32'>().slice());

describe.each(['cpu', 'wasm'])('trainOptimizer on %s', (backend) => {
  let begin = 0;
  let x: tf.Tensor2D;
  let y: tf.Tensor2D;

  beforeEach(async () => {
    await tf.setBackend(backend);
    begin = tf.memory().numTensors;
    x = tf.tensor2d(inputs, [32, 3]);
    y = tf.tensor2d(targets, [32, 1]);
  });
  afterEach(() => {
    tf.dispose([x, y]);
    expect(tf.memory().numTensors).toBe(begin);
  });

  async function fit(
    model: tfl.LayersModel,
    epochs: number,
    callbacks?: tfl.CustomCallbackArgs,
  ): Promise<number[]> {
    const history = await model.fit(x, y, {
      epochs,
      batchSize: 8,
      shuffle: false,
      ...(callbacks && { callbacks }),
    });
    return history.history['loss'] as number[];
  }

  it('does in fit, bit for bit, what it does in a loop by hand', async () => {
    const [fitted, looped] = [makeModel(), makeModel()];
    const [first, second] = [
      trainOptimizer(adamW({ learningRate: 0.05 })),
      trainOptimizer(adamW({ learningRate: 0.05 })),
    ];
    fitted.compile({ optimizer: first, loss: 'meanSquaredError' });
    const losses = await fit(fitted, 15);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 4);

    for (let step = 0; step < 60; step++) {
      const [from, size] = [(8 * step) % 32, 8];
      tf.tidy(() => {
        const batch = tf.slice(x, [from, 0], [size, 3]);
        const truth = tf.slice(y, [from, 0], [size, 1]);
        second.minimize(() => {
          const loss = tf.squaredDifference(looped.apply(batch, { training: true }) as tf.Tensor, truth);
          return tf.mean(tf.mean(loss, -1)) as tf.Scalar;
        });
      });
    }
    expect(weightsOf(fitted)).toEqual(weightsOf(looped));
    expect(first.iterations).toBe(60);
    for (const each of [fitted, looped, first, second]) each.dispose();
  });

  it('is tf.train.sgd when its rule is SGD', async () => {
    const [ours, theirs] = [makeModel(), makeModel()];
    const optimizer = trainOptimizer(sgd({ learningRate: 0.05 }));
    const reference = tf.train.sgd(0.05);
    ours.compile({ optimizer, loss: 'meanSquaredError' });
    theirs.compile({ optimizer: reference, loss: 'meanSquaredError' });
    await fit(ours, 5);
    await fit(theirs, 5);
    for (const [index, values] of weightsOf(ours).entries()) {
      for (const [at, value] of weightsOf(theirs)[index]!.entries()) expect(values[at]).toBeCloseTo(value, 6);
    }
    for (const each of [ours, theirs, optimizer, reference]) each.dispose();
  });

  it('keeps each variable its own moments, whatever order and subset the gradients come in', () => {
    const run = (mixed: boolean): number[][] => {
      const variables = ['a', 'b', 'c'].map((name) => tf.tidy(() => tf.variable(tf.ones([2]), true, name)));
      const optimizer = trainOptimizer(adamW({ learningRate: 0.1 }));
      for (let step = 0; step < 6; step++) {
        const gradient = (name: string): number[] => [step + 1, step - name.charCodeAt(0) + 98];
        // `c` has gradients in every other step only.
        const names = step % 2 === 0 ? ['a', 'b'] : ['a', 'b', 'c'];
        const list = (mixed && step % 3 === 1 ? names.toReversed() : names).map((name) => ({
          name,
          tensor: tf.tensor1d(gradient(name)),
        }));
        const map = Object.fromEntries(list.map(({ name, tensor }) => [name, tensor]));
        optimizer.applyGradients(mixed && step % 2 === 1 ? map : list);
        // The caller's gradients stay as they are.
        for (const { name, tensor } of list) {
          expect([...tensor.dataSync()]).toEqual(gradient(name));
          tensor.dispose();
        }
      }
      const values = variables.map((variable) => [...variable.dataSync()]);
      tf.dispose(variables);
      optimizer.dispose();
      return values;
    };
    const straight = run(false);
    expect(run(true)).toEqual(straight);
    expect(straight[0]).not.toEqual(straight[1]);
  });

  it('leaves variables without a gradient alone, and names an unknown one', () => {
    const variable = tf.tidy(() => tf.variable(tf.ones([2]), true, 'lonely'));
    const optimizer = trainOptimizer(sgd({ learningRate: 1 }));
    optimizer.applyGradients([{ name: 'lonely', tensor: null as unknown as tf.Tensor }]);
    expect([...variable.dataSync()]).toEqual([1, 1]);
    const stray = tf.ones([2]);
    expect(() => optimizer.applyGradients({ lonley: stray })).toThrow(InvalidArgumentError);
    tf.dispose([variable, stray]);
    optimizer.dispose();
  });

  it('does not change the tensor that a variable was made from', () => {
    const first = tf.tensor1d([1, 2]);
    const variable = tf.variable(first, true, 'made');
    const optimizer = trainOptimizer(sgd({ learningRate: 1 }));
    const gradient = tf.tensor1d([1, 1]);
    optimizer.applyGradients({ made: gradient });
    expect([...variable.dataSync()]).toEqual([0, 1]);
    expect([...first.dataSync()]).toEqual([1, 2]);
    tf.dispose([first, variable, gradient]);
    optimizer.dispose();
  });

  it('has a learning rate to read and set, before and after the first step', () => {
    const variables = ['weight', 'bias'].map((name) => tf.tidy(() => tf.variable(tf.zeros([1]), true, name)));
    const gradients = { weight: tf.ones([1]), bias: tf.ones([1]) };
    const groups = [{ parameters: ['bias'], learningRate: 0.01 }];
    const optimizer = trainOptimizer(sgd({ learningRate: 0.1, groups }));
    expect(() => optimizer.getLearningRate()).toThrow(InvalidStateError);
    optimizer.setLearningRate(1);
    expect(optimizer.getLearningRate()).toBe(1);
    optimizer.applyGradients(gradients);
    // The first group is the biases'; the rest has ten times its rate.
    expect(variables.map((variable) => variable.dataSync()[0])).toEqual([-10, -1]);
    expect(() => optimizer.setLearningRate(Number.NaN)).toThrow(InvalidArgumentError);
    const plain = trainOptimizer(sgd({ learningRate: 0.25 }));
    expect(plain.getLearningRate()).toBe(0.25);
    tf.dispose([variables, gradients]);
    optimizer.dispose();
  });

  it('follows a schedule in fit, per step and per epoch, and goes on in a second fit', async () => {
    const rates: number[] = [];
    const model = makeModel();
    const optimizer = trainOptimizer(sgd({ learningRate: 0.5 }));
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const record = (callback: { onEpochBegin: () => Promise<void>; onBatchBegin: () => Promise<void> }) => ({
      ...callback,
      async onBatchEnd() {
        rates.push(optimizer.getLearningRate());
      },
    });
    const perBatch = learningRateSchedule(optimizer, (step) => 0.01 / (step + 1));
    await fit(model, 2, record(perBatch));
    await fit(model, 1, record(perBatch));
    expect(rates).toEqual(Array.from({ length: 12 }, (_, step) => 0.01 / (step + 1)));
    rates.length = 0;
    await fit(
      model,
      2,
      record(learningRateSchedule(optimizer, (epoch) => 0.1 / (epoch + 1), { per: 'epoch' })),
    );
    expect(rates).toEqual([0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05]);
    rates.length = 0;
    await fit(model, 1, record(learningRateSchedule(optimizer, 0.25)));
    expect(rates).toEqual([0.25, 0.25, 0.25, 0.25]);
    for (const junk of [-1, NaN, '0.1', undefined, { lr: 1 }]) {
      const schedule = (): unknown => learningRateSchedule(optimizer, junk as never);
      expect(schedule).toThrow(InvalidArgumentError);
      expect(schedule).toThrow(/needs a learning rate, 0 or more, or a function/);
    }
    expect(() => learningRateSchedule(optimizer, 1, { per: 'epochs' as never })).toThrow(
      /Did you mean "epoch"/,
    );
    expect(() => learningRateSchedule(undefined as never, 1)).toThrow(InvalidArgumentError);
    const unsettable = tf.train.adam();
    expect(() => learningRateSchedule(unsettable as never, () => 1)).toThrow(InvalidArgumentError);
    for (const each of [model, optimizer, unsettable]) each.dispose();
  });

  it('refuses what is no definition, and says how to make one', () => {
    for (const [given, words] of [
      ['AdamW', 'got "AdamW"'],
      [undefined, 'got undefined'],
      [sgd, 'got a function sgd'],
      [{ type: 'sgd' }, 'got an object with type'],
    ] as const) {
      const make = (): unknown => trainOptimizer(given as never);
      expect(make).toThrow(InvalidArgumentError);
      expect(make).toThrow(words);
      expect(make).toThrow("optimizerDefinition({ type: 'AdamW' })");
    }
  });

  it('goes on where it was after model.save and loadLayersModel, and leaks nothing', async () => {
    const definition = adamW({ learningRate: 0.02 });
    const model = makeModel();
    const optimizer = trainOptimizer(definition);
    model.compile({ optimizer, loss: 'meanSquaredError' });
    await fit(model, 3);
    const running = tf.memory().numTensors;
    let artifacts: tf.io.ModelArtifacts | undefined;
    for (let count = 0; count < 3; count++) {
      await model.save(
        tf.io.withSaveHandler(async (saved) => {
          artifacts = saved;
          return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
        }),
        { includeOptimizer: true },
      );
    }
    const loaded = await tfl.loadLayersModel(tf.io.fromMemory(artifacts!));
    expect(loaded.optimizer).toBeInstanceOf(TrainOptimizer);
    expect(loaded.optimizer.iterations).toBe(12);
    await fit(model, 2);
    await fit(loaded, 2);
    expect(weightsOf(loaded)).toEqual(weightsOf(model));
    loaded.dispose();
    loaded.optimizer.dispose();
    expect(tf.memory().numTensors).toBe(running);
    model.dispose();
    optimizer.dispose();
  });

  it('says what is missing when it cannot be loaded', async () => {
    expect(() => TrainOptimizer.fromConfig(TrainOptimizer as never, { type: 'Unheard' })).toThrow(
      UnavailableError,
    );
    const optimizer = trainOptimizer(sgd({ learningRate: 1 }));
    const iterations = tf.scalar(3, 'int32');
    await expect(optimizer.setWeights([{ name: 'iter', tensor: iterations }])).rejects.toThrow(
      /trainOptimizer/,
    );
    iterations.dispose();
  });

  it('holds a constant number of tensors while it trains', async () => {
    const model = makeModel();
    const optimizer = trainOptimizer(adamW());
    model.compile({ optimizer, loss: 'meanSquaredError' });
    await fit(model, 1);
    const running = tf.memory().numTensors;
    await fit(model, 5);
    expect(tf.memory().numTensors).toBe(running);
    model.dispose();
    optimizer.dispose();
  });
});

it('refuses to go on when the backend has changed under its state', async () => {
  await tf.setBackend('cpu');
  const variable = tf.tidy(() => tf.variable(tf.ones([2]), true, 'moved'));
  const gradient = tf.ones([2]);
  const optimizer = trainOptimizer(adamW());
  optimizer.applyGradients({ moved: gradient });
  await tf.setBackend('wasm');
  expect(() => optimizer.applyGradients({ moved: gradient })).toThrow(InvalidStateError);
  await tf.setBackend('cpu');
  tf.dispose([variable, gradient]);
  optimizer.dispose();
});
