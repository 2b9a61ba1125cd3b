import * as tf from '@tensorflow/tfjs-core';
import type { Contender } from '../side.ts';
import { batchTensors, modelBlocks } from '../tfjs/models.ts';
import { startBackend } from '../tfjs/start-backend.ts';
import { stockOperations } from '../tfjs/stock-operations.ts';
import type { TrainParameters } from '../workloads/workload.ts';
import { training } from '../workloads/workload.ts';

/** tfjs as it comes: `tf.train.adam` and `minimize`. It has no AdamW. */
export async function create({ workload }: TrainParameters): Promise<Contender> {
  await startBackend();
  const { learningRate, beta1, beta2, epsilon } = training;
  const optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon);
  const blocks = modelBlocks(workload, stockOperations).map((block) => ({
    block,
    variables: block.parameters.map(({ shape, initializer }) =>
      tf.variable(tf.tensor(initializer!(shape, undefined as never), [...shape])),
    ),
  }));
  const all = blocks.flatMap(({ variables }) => variables);
  const batch = batchTensors(workload);
  const loss = (): tf.Scalar => {
    let output = batch.input;
    for (const { block, variables } of blocks) output = block.forward(variables, output, { training: true });
    return stockOperations.softmaxCrossEntropy(output, batch.target);
  };
  return {
    async run() {
      const value = optimizer.minimize(loss, true, all)!;
      const [number] = await value.data();
      value.dispose();
      return number;
    },
    dispose() {
      optimizer.dispose();
      tf.dispose([all, batch]);
    },
  };
}
