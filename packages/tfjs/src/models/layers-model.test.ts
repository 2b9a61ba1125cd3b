import { InvalidArgumentError } from '@ds/tensor';
import type { Model } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TfjsSlab } from '../devices/tfjs-slab.ts';
import { plainLayerName } from './layer-names.ts';
import { layersModel } from './layers-model.ts';
import { toModel } from './to-model.ts';

type AnyModel<Input, Output> = Model<tf.Tensor, TfjsSlab, Input, Output>;
type Values = Record<string, number[]>;

const started = tf.setBackend('cpu');
let begin = 0;

beforeEach(async () => {
  await started;
  begin = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(begin);
});

const { dense } = tfl.layers;
const names = ({ layout }: AnyModel<tf.Tensor, tf.Tensor>): string[] =>
  layout.entries.map(({ name }) => name);

function step<Input, Output>(
  model: AnyModel<Input, Output>,
  input: Input,
  lossOf: (output: Output) => tf.Tensor,
): { loss: number; gradients: Values } {
  const gradients: Values = {};
  const loss = lossOf(model.forward(input));
  model.backward(loss, {
    onBlock(_, found) {
      for (const { name, gradient } of found) gradients[name] = [...gradient.tensor.dataSync()];
    },
  });
  return { loss: loss.dataSync()[0]!, gradients };
}

/** The same by tfjs, in the order of `trainableWeights`. */
function stepOfTfjs(
  layers: tfl.LayersModel,
  lossOf: () => tf.Tensor,
): { loss: number; gradients: number[][] } {
  return tf.tidy(() => {
    const variables = layers.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { value, grads } = tf.variableGrads(lossOf as () => tf.Scalar, variables);
    return {
      loss: value.dataSync()[0]!,
      gradients: variables.map(({ name }) => Array.from(grads[name]!.dataSync())),
    };
  });
}

const meanSquare = (output: tf.Tensor): tf.Tensor => tf.mean(tf.square(output));

function mlp(): tfl.Sequential {
  const inner = tfl.sequential({ layers: [dense({ units: 3, inputShape: [4] }), dense({ units: 3 })] });
  return tfl.sequential({
    layers: [
      dense({ units: 4, inputShape: [2], activation: 'tanh' }),
      inner,
      tfl.layers.batchNormalization(),
      dense({ units: 2, name: 'head' }),
      dense({ units: 1 }),
    ],
  });
}

/** `layers.dispose()` would leave those of the inner model. */
function disposeWeights(layers: tfl.LayersModel): void {
  for (const weight of layers.weights) weight.dispose();
}

describe('names', () => {
  const expected = [
    ['dense/kernel', 'dense/bias'],
    ['dense_1/kernel', 'dense_1/bias', 'dense_2/kernel', 'dense_2/bias'],
    ['batch_normalization/gamma', 'batch_normalization/beta'],
    ['head/kernel', 'head/bias'],
    ['dense_3/kernel', 'dense_3/bias'],
  ];

  it('depend on the model only, not on what was built before', () => {
    for (let count = 0; count < 2; count++) {
      const layers = mlp();
      const model = layersModel(layers);
      expect(names(model)).toEqual(expected.flat());
      expect(model.frozen.entries.map(({ name }) => name)).toEqual([
        'batch_normalization/moving_mean',
        'batch_normalization/moving_variance',
      ]);
      expect(model.blocks.map(({ name }) => name)).toEqual([
        'dense',
        'sequential',
        'batch_normalization',
        'head',
        'dense_1',
      ]);
      model.dispose();
      disposeWeights(layers);
    }
  });

  it('lose only what tfjs makes up', () => {
    const made = [
      'dense_Dense12',
      'conv2d_Conv2D3',
      'simple_rnn_SimpleRNN1',
      'forward_gru_GRU2',
      'sequential_7',
      'model4',
    ];
    expect(made.map(plainLayerName)).toEqual([
      'dense',
      'conv2d',
      'simple_rnn',
      'forward_gru',
      'sequential',
      'model',
    ]);
    for (const given of ['encoder_1', 'Dense1', 'my_Layer2', 'block.0.mlp'])
      expect(plainLayerName(given)).toBe(given);
  });
});

describe('layersModel', () => {
  it('gives the gradients of tfjs, and its batch normalization keeps its averages', () => {
    const layers = mlp();
    const x = tf.randomNormal([6, 2], 0, 1, 'float32', 3);
    const average = layers.layers[2]!.weights[2]!.read() as tf.Variable;
    const first = tf.tidy(() => average.clone());
    const expected = stepOfTfjs(layers, () => meanSquare(layers.apply(x, { training: true }) as tf.Tensor));
    const moved = [...average.dataSync()];
    expect(moved).not.toEqual([...first.dataSync()]);
    average.assign(first);

    const model = layersModel(layers);
    const found = step(model, x, meanSquare);
    expect(found.loss).toBe(expected.loss);
    expect(names(model).map((name) => found.gradients[name])).toEqual(expected.gradients);
    expect([...average.dataSync()]).toEqual(moved);
    expect([...model.parameter('batch_normalization/moving_mean').tensor.dataSync()]).toEqual(moved);

    const [evaluated, predicted] = [model.evaluate(x), layers.predict(x) as tf.Tensor];
    expect([...evaluated.dataSync()]).toEqual([...predicted.dataSync()]);
    expect([...average.dataSync()]).toEqual(moved);
    tf.dispose([x, first, evaluated, predicted]);
    model.dispose();
    disposeWeights(layers);
  });

  it('drops out in forward and not in evaluate', () => {
    const layers = tfl.sequential({
      layers: [
        tfl.layers.dropout({ rate: 0.5, inputShape: [200] }),
        dense({ units: 200, kernelInitializer: 'identity', useBias: true }),
      ],
    });
    const model = layersModel(layers);
    const x = tf.ones([1, 200]);
    const trained = model.forward(x).dataSync();
    expect(new Set(trained)).toEqual(new Set([0, 2]));
    model.discard();
    const evaluated = model.evaluate(x);
    expect(new Set(evaluated.dataSync())).toEqual(new Set([1]));
    tf.dispose([x, evaluated]);
    model.dispose();
    layers.dispose();
  });

  it('passes masks between the layers of a sequential model', () => {
    const layers = tfl.sequential({
      layers: [
        tfl.layers.embedding({ inputDim: 5, outputDim: 4, inputLength: 6, maskZero: true }),
        tfl.layers.simpleRNN({ units: 3, recurrentInitializer: 'glorotUniform', returnSequences: true }),
        tfl.layers.simpleRNN({ units: 3, recurrentInitializer: 'glorotUniform' }),
        dense({ units: 2 }),
      ],
    });
    const ids = tf.tensor2d([1, 2, 3, 0, 0, 0, 4, 4, 0, 0, 0, 0], [2, 6]);
    const expected = stepOfTfjs(layers, () => meanSquare(layers.apply(ids, { training: true }) as tf.Tensor));
    const model = layersModel(layers);
    const found = step(model, ids, meanSquare);
    expect(found.loss).toBe(expected.loss);
    expect(names(model).map((name) => found.gradients[name])).toEqual(expected.gradients);
    const [evaluated, predicted] = [model.evaluate(ids), layers.predict(ids) as tf.Tensor];
    expect([...evaluated.dataSync()]).toEqual([...predicted.dataSync()]);
    tf.dispose([ids, evaluated, predicted]);
    model.dispose();
    layers.dispose();
  });

  it('takes a functional model as one block, with several inputs and outputs', () => {
    const [left, right] = [tfl.input({ shape: [2] }), tfl.input({ shape: [3] })];
    const shared = dense({ units: 3, activation: 'tanh' });
    const sum = tfl.layers
      .add()
      .apply([shared.apply(left) as tfl.SymbolicTensor, right]) as tfl.SymbolicTensor;
    const outputs = [dense({ units: 1 }).apply(sum), sum] as tfl.SymbolicTensor[];
    const layers = tfl.model({ inputs: [left, right], outputs });
    const model = layersModel<tf.Tensor[], tf.Tensor[]>(layers);
    const inputs = [tf.ones([4, 2]), tf.ones([4, 3])];
    const lossOf = ([a, b]: tf.Tensor[]): tf.Tensor => tf.add(meanSquare(a!), meanSquare(b!));
    const expected = stepOfTfjs(layers, () =>
      lossOf(layers.apply(inputs, { training: true }) as tf.Tensor[]),
    );
    const found = step(model, inputs, lossOf);
    expect(model.blocks.map(({ name }) => name)).toEqual(['model']);
    expect(found).toEqual({
      loss: expected.loss,
      gradients: Object.fromEntries(
        ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias'].map((name, index) => [
          name,
          expected.gradients[index],
        ]),
      ),
    });
    tf.dispose(inputs);
    model.dispose();
    layers.dispose();
  });

  it('freezes layers that are not trainable, and lets regularizers be added to the loss', () => {
    const kernelRegularizer = tfl.regularizers.l2({ l2: 0.5 });
    const layers = tfl.sequential({
      layers: [
        dense({ units: 2, inputShape: [2], trainable: false }),
        dense({ units: 1, kernelInitializer: 'ones', kernelRegularizer }),
      ],
    });
    const model = layersModel(layers);
    expect(names(model)).toEqual(['dense_1/kernel', 'dense_1/bias']);
    expect(model.frozen.entries.map(({ name }) => name)).toEqual(['dense/kernel', 'dense/bias']);
    const x = tf.zeros([3, 2]);
    const { gradients } = step(model, x, (output) =>
      tf.add(tf.sum(output), tf.addN(layers.calculateLosses())),
    );
    expect(gradients).toEqual({ 'dense_1/kernel': [1, 1], 'dense_1/bias': [3] });
    model.dispose();
    layers.dispose();
    x.dispose();
  });
});

describe('a compiled sequential model', () => {
  it('stays compiled, and its evaluate() sees what was written through the model', async () => {
    const layers = tfl.sequential({
      layers: [tfl.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'zeros' })],
    });
    layers.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const model = layersModel(layers);
    model.device.write(model.parameter('dense/kernel'), Float32Array.of(3, 4));
    const [x, y] = [tf.tensor2d([[1, 1]]), tf.tensor2d([[5]])];
    const loss = layers.evaluate(x, y) as tf.Scalar;
    expect(await model.scalar(loss)).toBe((3 + 4 - 5) ** 2);
    tf.dispose([x, y, loss]);
    model.dispose();
    layers.dispose();
  });
});

describe('toModel', () => {
  it('tells what it can make a model of', () => {
    const layers = tfl.sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
    const model = toModel(layers);
    expect(toModel(model)).toBe(model);
    const weight = tf.tidy(() => tf.variable(tf.ones([2])));
    const fromFunction = toModel({
      variables: { weight },
      forward: (variables, x: tf.Tensor) => tf.mul(x, variables['weight']!),
    });
    expect(names(fromFunction)).toEqual(['weight']);
    const fromBlocks = toModel(
      [{ name: 'a', parameters: [{ name: 'a.w', shape: [2] }], forward: () => weight }],
      { seed: 1 },
    );
    expect(names(fromBlocks)).toEqual(['a.w']);
    for (const each of [model, fromFunction, fromBlocks, layers, weight]) each.dispose();
  });

  it.each([
    [undefined, 'undefined'],
    ['mlp', '"mlp"'],
    [[1, 2], 'an array of 2 (number)'],
    [{ forward: () => 1 }, 'an object with forward'],
  ])('refuses %j and lists what it accepts', (source, shown) => {
    expect(() => toModel(source as never)).toThrow(InvalidArgumentError);
    expect(() => toModel(source as never)).toThrow(
      `Cannot make a model of ${shown}. Accepted are: a tf.LayersModel`,
    );
  });

  it('refuses what only looks like layers', () => {
    expect(() => layersModel({ layers: [] } as never)).toThrow(/needs a tf.LayersModel/);
  });
});

describe('inputs', () => {
  it('must be tensors, as many as the model has inputs', () => {
    const single = tfl.sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
    const left = tfl.input({ shape: [2] });
    const right = tfl.input({ shape: [2] });
    const sum = tfl.layers.add().apply([left, right]) as tfl.SymbolicTensor;
    const pair = tfl.model({
      inputs: [left, right],
      outputs: dense({ units: 1 }).apply(sum) as tfl.SymbolicTensor,
    });
    const x = tf.ones([1, 2]);
    const check = (layers: tfl.LayersModel, input: unknown, message: RegExp): void => {
      const model = layersModel<unknown, tf.Tensor>(layers);
      for (const run of [() => model.forward(input), () => model.evaluate(input)]) {
        expect(run).toThrow(message);
        expect(run).toThrow(InvalidArgumentError);
      }
      // What is refused does not cost an open recording.
      const good = layers.inputs.length === 1 ? x : [x, x];
      const output = model.forward(good);
      expect(() => model.forward(input)).toThrow(message);
      model.backward(tf.sum(output));
      model.dispose();
    };
    check(single, undefined, /takes a tensor, batch first; got undefined\. Make tensors of plain numbers/);
    check(single, [[1, 2]], /got an array of 1 \(object\)/);
    check(single, [x, x], /takes a tensor, batch first; got an array of 2/);
    check(
      pair,
      x,
      /takes an array of 2 tensors, one for each input, batch first; got a tensor of shape \[1, 2\]/,
    );
    check(pair, [x, 3], /takes an array of 2 tensors/);
    for (const owner of [single, pair]) owner.dispose();
    x.dispose();
  });

  it('must not be disposed', () => {
    const layers = tfl.sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
    const model = layersModel(layers);
    const gone = tf.ones([1, 2]);
    gone.dispose();
    for (const run of [() => model.forward(gone), () => model.evaluate(gone)]) {
      expect(run).toThrow(/\(\) was given a disposed tensor of shape \[1, 2\]/);
      expect(run).toThrow(InvalidArgumentError);
    }
    layers.dispose();
  });
});
