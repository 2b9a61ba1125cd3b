import { createRandom } from '@ds/tensor';
import type { Block } from '@ds/tensor';
import { modelConformance } from '@ds/tensor/testing';
import type { ModelSubject } from '@ds/tensor/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test/backends.ts';
import type { TfjsDevice } from '../devices/tfjs-device.ts';
import type { TfjsSlab } from '../devices/tfjs-slab.ts';
import { blocksModel } from './blocks-model.ts';
import { functionModel } from './function-model.ts';
import { layersModel } from './layers-model.ts';

type Subject = ModelSubject<tf.Tensor, TfjsSlab, tf.Tensor, tf.Tensor>;

const input = (): tf.Tensor => tf.tidy(() => tf.sin(tf.reshape(tf.range(0, 12), [3, 4])));
const loss = (output: tf.Tensor): tf.Tensor => tf.mean(tf.square(tf.sub(output, 0.5)));
const dense = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias);

function values(shape: number[]): tf.Tensor {
  const random = createRandom(3);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal() / 2),
    shape,
  );
}

function fromFunction(device: TfjsDevice): Subject {
  const variables = tf.tidy(() => ({
    weight: tf.variable(values([4, 5])),
    bias: tf.variable(values([5])),
    scale: tf.variable(values([5]), false),
  }));
  const model = functionModel(
    {
      variables,
      forward: ({ weight, bias, scale }, x: tf.Tensor) => tf.tanh(tf.mul(dense(x, weight, bias), scale)),
    },
    device,
  );
  return { model: disposing(model, () => tf.dispose(variables)), input, loss };
}

const hidden = (name: string): Block<tf.Tensor> => ({
  name,
  parameters: [
    { name: 'shared.weight', shape: [4, 4] },
    { name: `${name}.bias`, shape: [4] },
    { name: `${name}.offset`, shape: [4], trainable: false },
  ],
  forward: ([weight, bias, offset], x) => tf.add(tf.tanh(dense(x, weight!, bias!)), offset!),
});

function fromBlocks(device: TfjsDevice): Subject {
  const output: Block<tf.Tensor> = {
    name: 'output',
    parameters: [{ name: 'output.weight', shape: [4, 2] }],
    forward: ([weight], x) => tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D),
  };
  const square: Block<tf.Tensor> = { name: 'square', parameters: [], forward: (_, x) => tf.square(x) };
  const model = blocksModel([hidden('first'), hidden('second'), output, square], { device, seed: 1 });
  return { model, input, loss };
}

function fromLayers(device: TfjsDevice): Subject {
  const initializer = (seed: number) => tfl.initializers.glorotUniform({ seed });
  const layers = tfl.sequential({
    layers: [
      tfl.layers.dense({
        units: 6,
        activation: 'tanh',
        inputShape: [4],
        kernelInitializer: initializer(1),
      }),
      tfl.layers.layerNormalization(),
      tfl.layers.dense({ units: 3, trainable: false, kernelInitializer: initializer(2) }),
      tfl.layers.dense({ units: 2, activation: 'sigmoid', kernelInitializer: initializer(3) }),
    ],
  });
  return { model: disposing(layersModel(layers, device), () => layers.dispose()), input, loss };
}

/** The parameters stay the caller's, so the suite's `model.dispose()` would leave them behind. */
function disposing(model: Subject['model'], parameters: () => unknown): Subject['model'] {
  const dispose = model.dispose.bind(model);
  model.dispose = () => {
    dispose();
    parameters();
  };
  return model;
}

const kinds = { fromFunction, fromBlocks, fromLayers };

for (const { name: deviceName, backend, skip, create } of subjects) {
  describe.skipIf(skip)(deviceName, () => {
    let tensors = 0;
    beforeAll(async () => {
      await tf.setBackend(backend);
      tensors = tf.memory().numTensors;
    });
    afterAll(() => {
      expect(tf.memory().numTensors).toBe(tensors);
    });
    describe.each(Object.entries(kinds))('%s', (_, make) => {
      const liveTensors = (): number => tf.memory().numTensors;
      for (const { name, run } of modelConformance(async () => make(create()), { liveTensors }))
        it(name, run);
    });
  });
}
