// The first program: one forward, one backward, one step, then the rest of a warm-up.
import '@tensorflow/tfjs-layers'; // Registers tfjs's gradients.
import '@tensorflow/tfjs-backend-cpu';
import { initialize } from '@ds/deepspeed';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [10] })] });
const { engine, optimizer, lrScheduler } = await initialize({
  model,
  config: `${import.meta.dirname}/ds_config.json`,
});
console.log(`Optimizer ${optimizer!.type}, schedule ${lrScheduler!.type}, lr ${engine.getLr()[0]}`);

const inputs = tf.randomNormal([10, 10], 0, 1, 'float32', 1);
const targets = tf.randomNormal([10, 1], 0, 1, 'float32', 2);

// Exactly DeepSpeed's loop; nothing here needs tf.tidy.
for (let step = 0; step < 101; step++) {
  const output = engine(inputs);
  const loss = tf.losses.meanSquaredError(targets, output) as tf.Scalar;
  engine.backward(loss);
  await engine.step();
  if (step === 0) console.log(`Loss of the first step: ${(await loss.data())[0]!.toFixed(4)}`);
  if (step === 100) console.log(`Loss after warm-up: ${(await loss.data())[0]!.toFixed(4)}`);
}
console.log(`Learning rate after warm-up: ${engine.getLr()[0]!.toPrecision(4)}`);
console.log('Training step completed');

tf.dispose([inputs, targets]);
engine.dispose();
model.dispose();
