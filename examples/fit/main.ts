// A tf.sequential classifier of handwritten digits, trained twice: by model.fit with our optimizer and schedule, and
// by the engine.
import '@tensorflow/tfjs-layers'; // Registers tfjs's gradients.
import {
  adamW,
  cosine,
  initialize,
  learningRateSchedule,
  selectBackend,
  trainOptimizer,
  warmup,
} from '@ds/deepspeed';
import * as tf from '@tensorflow/tfjs-core';
import type { Logs, Sequential } from '@tensorflow/tfjs-layers';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { loadDigits } from './digits.ts';
import type { Sample } from './digits.ts';

const batchSize = 64;
const epochs = 3;
const peak = 3e-3;

const backend = await selectBackend();
console.log(`Backend: ${backend.name}, ${backend.reason}.`);

const { training, test } = loadDigits(500);
const stepsPerEpoch = Math.ceil(training.length / batchSize);
const schedule = warmup(cosine(peak, { steps: epochs * stepsPerEpoch - 20 }), { steps: 20 });

function createClassifier(): Sequential {
  return sequential({
    layers: [
      layers.dense({
        units: 128,
        activation: 'relu',
        inputShape: [784],
        kernelInitializer: initializers.glorotUniform({ seed: 1 }),
      }),
      layers.dense({
        units: 10,
        activation: 'softmax',
        kernelInitializer: initializers.glorotUniform({ seed: 2 }),
      }),
    ],
  });
}

function toTensors(samples: readonly Sample[]): [tf.Tensor2D, tf.Tensor2D] {
  return [
    tf.tensor2d(samples.map(({ image }) => [...image])),
    tf.tensor2d(samples.map(({ label }) => [...label])),
  ];
}

/** Share of test images whose likeliest label is the right one. */
async function accuracy(model: Sequential): Promise<number> {
  const right = tf.tidy(() => {
    const [images, labels] = toTensors(test);
    return tf.mean(tf.equal(tf.argMax(model.predict(images) as tf.Tensor, 1), tf.argMax(labels, 1)));
  });
  const [value] = await right.data();
  right.dispose();
  return value!;
}

console.log(`\n1. model.fit: ${training.length} digits, ${epochs} epochs`);
const fitted = createClassifier();
const optimizer = trainOptimizer(adamW({ learningRate: peak, weightDecay: 0.01 }));
fitted.compile({ optimizer, loss: 'categoricalCrossentropy' });
const [images, labels] = toTensors(training);
const onEpochEnd = (epoch: number, logs?: Logs): void => {
  console.log(`epoch ${epoch + 1}: loss ${logs!['loss']!.toFixed(4)}`);
};
await fitted.fit(images, labels, {
  epochs,
  batchSize,
  callbacks: [learningRateSchedule(optimizer, schedule), { onEpochEnd }],
});
tf.dispose([images, labels]);
console.log(`test accuracy ${(100 * (await accuracy(fitted))).toFixed(1)} %`);

console.log('\n2. The same model on the engine');
const model = createClassifier();
const { engine } = await initialize({
  model,
  loss: (output: tf.Tensor, target: tf.Tensor) =>
    tf.tidy(() => tf.neg(tf.mean(tf.sum(tf.mul(target, tf.log(tf.add(output, 1e-7))), 1)))),
  config: { train_batch_size: batchSize, gradient_clipping: 1 },
  optimizer: adamW({ learningRate: peak, weightDecay: 0.01 }),
  lrScheduler: schedule,
  trainingData: training,
  collate: toTensors,
});
for (let epoch = 1; epoch <= epochs; epoch++) {
  console.log(`epoch ${epoch}: loss ${(await engine.trainEpoch()).toFixed(4)}`);
}
console.log(`test accuracy ${(100 * (await accuracy(model))).toFixed(1)} %`);

engine.dispose();
for (const each of [fitted, model]) each.dispose();
optimizer.dispose();
backend.dispose();
