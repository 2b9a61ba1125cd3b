import { registerTrainingKernels } from '@ds/deepspeed';
import * as tf from '@tensorflow/tfjs-core';
import type { Contender } from '../side.ts';
import type { Operations } from '../tfjs/operations.ts';
import { ourOperations } from '../tfjs/our-operations.ts';
import { startBackend } from '../tfjs/start-backend.ts';
import { stockOperations } from '../tfjs/stock-operations.ts';
import type { OperationName, OperationParameters } from '../workloads/operations.ts';
import { operationShapes } from '../workloads/operations.ts';

type Run = (...inputs: tf.Tensor[]) => tf.Tensor;

/** One operation, again and again on the same tensors. */
export async function create({ operation, backward, by }: OperationParameters): Promise<Contender> {
  await startBackend();
  if (by === 'ours') registerTrainingKernels();
  // Only for its gradient tfjs needs a product with one-hot rows.
  const gather: Operations['embedding'] = (table, indices) => tf.gather(table, indices as tf.Tensor1D);
  const stock = backward ? stockOperations : { ...stockOperations, embedding: gather };
  const run = runner(operation, by === 'ours' ? ourOperations : stock);
  const inputs = operationShapes[operation].map((shape, index) =>
    tf.randomNormal([...shape], 0, 1, 'float32', index),
  );
  const output = tf.tidy(() => run(...inputs));
  const gradient = tf.randomNormal(output.shape, 0, 1, 'float32', 99);
  output.dispose();
  const differentiated = tf.grads(run);
  return {
    async run() {
      tf.dispose(backward ? differentiated(inputs, gradient) : tf.tidy(() => run(...inputs)));
      return undefined;
    },
    dispose() {
      tf.dispose([inputs, gradient]);
    },
  };
}

function runner(
  name: OperationName,
  { linear, layerNorm, gelu, attention, embedding, softmaxCrossEntropy }: Operations,
): Run {
  const crossEntropyOf = (classes: number): Run => {
    const labels = integers(512, classes);
    return (logits) => softmaxCrossEntropy(logits!, labels);
  };
  const embeddingOf = (rows: number): Run => {
    const indices = integers(512, rows);
    return (table) => embedding(table!, indices);
  };
  const runners: Readonly<Record<OperationName, () => Run>> = {
    'linear 512x128x512 + GELU': () => (x, weight, bias) => linear(x!, weight!, bias, 'gelu'),
    'layerNorm 512x128': () => (x, gain, bias) => layerNorm(x!, gain!, bias!),
    'gelu 512x512': () => (x) => gelu(x!),
    'softmax 16x128x128': () => (x) => tf.softmax(x!),
    'attention 4 heads, 4x128x128': () => (x) => attention(x!, 4),
    'cross entropy 512 of 65': () => crossEntropyOf(65),
    'cross entropy 512 of 4096': () => crossEntropyOf(4096),
    'embedding 512 of 4096x128': () => embeddingOf(4096),
    'matMul 16 of 128x32x128': () => (a, b) => tf.matMul(a!, b!),
  };
  return runners[name]();
}

/** Whole numbers below a bound, as if at random. */
function integers(count: number, below: number): tf.Tensor {
  return tf.tensor1d(
    Array.from({ length: count }, (_, index) => (index * 7919) % below),
    'int32',
  );
}
