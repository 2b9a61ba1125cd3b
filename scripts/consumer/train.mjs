// A program of a user's, run against the packed packages: ES modules.
import '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { initialize } from '@ds/deepspeed';
import { cosine } from '@ds/scheduler';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const { engine } = await initialize({
  model: sequential({ layers: [layers.dense({ units: 1, inputShape: [3] })] }),
  loss: (output, target) => tf.tidy(() => tf.losses.meanSquaredError(target, output)),
  config: { train_batch_size: 4, optimizer: { type: 'AdamW', params: { lr: 0.1 } } },
  lrScheduler: cosine(0.1, { steps: 50 }),
});
const batch = [tf.randomNormal([4, 3]), tf.ones([4, 1])];
const first = await engine.trainBatch(batch);
for (let step = 0; step < 30; step++) await engine.trainBatch(batch);
const last = await engine.trainBatch(batch);
if (!(last < first)) throw new Error(`The loss went from ${first} to ${last}.`);
engine.dispose();
console.log('esm ok');
