import { adam, adamW, trainOptimizer } from '@ds/deepspeed';
import * as tf from '@tensorflow/tfjs-core';
import type { Contender } from '../side.ts';
import { startBackend } from '../tfjs/start-backend.ts';

export interface OptimizerParameters {
  readonly backend: string;
  readonly optimizer: 'tf.train.adam' | 'adam' | 'adamW';
  /** Elements of each variable. */
  readonly sizes: readonly number[];
}

/** An optimizer at work on variables of its own, with gradients of fixed random numbers. */
export async function create({ backend, optimizer: name, sizes }: OptimizerParameters): Promise<Contender> {
  await startBackend(backend);
  const variables = sizes.map((size, index) =>
    tf.variable(tf.randomNormal([size], 0, 1, 'float32', index), true, `variable_${index}`),
  );
  const gradients = variables.map(({ name: variable, size }, index) => ({
    name: variable,
    tensor: tf.randomNormal([size], 0, 1, 'float32', 100 + index),
  }));
  const optimizers = {
    'tf.train.adam': () => tf.train.adam(1e-3),
    adam: () => trainOptimizer(adam({ learningRate: 1e-3 })),
    adamW: () => trainOptimizer(adamW({ learningRate: 1e-3 })),
  };
  const optimizer = optimizers[name]();
  return {
    // On these backends the work is done when the call returns.
    async run() {
      optimizer.applyGradients(gradients);
      return undefined;
    },
    dispose() {
      optimizer.dispose();
      tf.dispose([variables, gradients.map(({ tensor }) => tensor)]);
    },
  };
}
