import '@tensorflow/tfjs-layers'; // Registers tfjs's gradients.
import { adam, adamW, selectBackend, trainOptimizer } from '@ds/deepspeed';
import * as tf from '@tensorflow/tfjs-core';
import type { Contender, Row } from '../measure.ts';
import { compare } from '../measure.ts';

/** Sizes of the variables that hold a million parameters: one, and as a small network would have them. */
const splits: Readonly<Record<string, readonly number[]>> = {
  'one variable': [1_000_000],
  '40 variables': Array.from({ length: 40 }, () => 25_000),
};

/** An optimizer at work on variables of its own, with gradients of fixed random numbers. */
function contender(optimizer: tf.Optimizer, sizes: readonly number[]): Contender {
  const variables = sizes.map((size, index) =>
    tf.variable(
      tf.randomNormal([size], 0, 1, 'float32', index),
      true,
      `${optimizer.getClassName()}_${index}_${Math.random()}`,
    ),
  );
  const gradients = Object.fromEntries(
    variables.map((variable, index) => [
      variable.name,
      tf.randomNormal([variable.size], 0, 1, 'float32', 100 + index),
    ]),
  );
  return {
    // On these backends the work is done when the call returns.
    async run() {
      optimizer.applyGradients(gradients);
    },
    dispose() {
      optimizer.dispose();
      tf.dispose([variables, gradients]);
    },
  };
}

/** Our fused update against `tf.train.adam`, one step over a million parameters on the same backend. */
export async function* bench(): AsyncGenerator<Row> {
  for (const backend of ['wasm', 'cpu']) {
    await selectBackend({ backend });
    for (const [split, sizes] of Object.entries(splits)) {
      for (const [name, ours] of [
        ['AdamW', adamW({ learningRate: 1e-3 })],
        ['Adam', adam({ learningRate: 1e-3 })],
      ] as const) {
        const peer = contender(tf.train.adam(1e-3), sizes);
        yield await compare(
          'optimizer',
          `${backend}, ${name} vs tf.train.adam, 1M in ${split}`,
          contender(trainOptimizer(ours), sizes),
          peer,
          { rounds: backend === 'cpu' ? 11 : 31 },
        );
      }
    }
  }
}
