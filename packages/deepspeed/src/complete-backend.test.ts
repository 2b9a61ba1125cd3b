import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import '../test/backends.ts';
import { createRandom, initialize } from './index.ts';

const random = createRandom(3);
/** Bars that lie (class 0) or stand (class 1) somewhere in a 6 x 6 picture. */
const examples = Array.from({ length: 32 }, (_, index) => {
  const stands = index % 2 === 1;
  const at = Math.floor(6 * random.uniform());
  const picture = Array.from({ length: 6 }, (__, y) =>
    Array.from({ length: 6 }, (___, x) => [(stands ? x : y) === at ? 1 : 0]),
  );
  return [picture, [stands ? 1 : 0]] as const;
});

function classifier(): tfl.Sequential {
  const seeded = (seed: number) => tfl.initializers.glorotUniform({ seed });
  return tfl.sequential({
    layers: [
      tfl.layers.conv2d({
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        inputShape: [6, 6, 1],
        kernelInitializer: seeded(1),
      }),
      tfl.layers.globalAveragePooling2d({}),
      tfl.layers.dense({ units: 1, kernelInitializer: seeded(2) }),
    ],
  });
}

it('trains convolutions on wasm where nobody called selectBackend', async () => {
  await tf.setBackend('wasm');
  const options = {
    loss: (output: tf.Tensor, target: tf.Tensor) => tf.losses.sigmoidCrossEntropy(target, output),
    config: { train_batch_size: 8, optimizer: { type: 'AdamW', params: { lr: 0.05 } } },
    trainingData: examples,
  };
  // Before anything is registered: what stock tfjs says.
  const stock = await initialize({ ...options, model: classifier(), trainingKernels: false });
  await expect(stock.engine.trainEpoch()).rejects.toThrow('Conv2DBackpropFilter');

  const { engine } = await initialize({ ...options, model: classifier() });
  const first = await engine.trainEpoch();
  let last = first;
  for (let epoch = 0; epoch < 30; epoch++) last = await engine.trainEpoch();
  expect(last).toBeLessThan(first / 2);
});
