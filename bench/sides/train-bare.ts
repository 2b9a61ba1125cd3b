import { deviceForBackend, registerTrainingKernels, toModel } from '@ds/deepspeed';
import type { ParameterGradient } from '@ds/tensor';
import type { TfjsSlab } from '@ds/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type { Contender } from '../side.ts';
import { batchTensors, modelBlocks } from '../tfjs/models.ts';
import { ourOperations } from '../tfjs/our-operations.ts';
import { ourOptimizer } from '../tfjs/our-optimizer.ts';
import { startBackend } from '../tfjs/start-backend.ts';
import type { TrainParameters } from '../workloads/workload.ts';

/** Our tape and our fused rule without the engine: what a step costs at least. */
export async function create({ workload, optimizer: type }: TrainParameters): Promise<Contender> {
  await startBackend();
  registerTrainingKernels();
  const { input, target } = batchTensors(workload);
  const model = toModel<tf.Tensor, tf.Tensor>(modelBlocks(workload, ourOperations));
  const optimizer = ourOptimizer(type).create({ device: deviceForBackend(), layout: model.layout });
  const update = (gradients: readonly ParameterGradient<TfjsSlab>[]): void => {
    const byName = new Map(gradients.map(({ name, gradient }) => [name, gradient]));
    optimizer.step({
      parameter: (parameter) => model.parameter(parameter),
      gradient: (parameter) => byName.get(parameter),
    });
  };
  return {
    async run() {
      const output = model.forward(input);
      const loss = tf.tidy(() => ourOperations.softmaxCrossEntropy(output, target));
      // Each block's parameters are updated from its gradients where they are: nothing is kept for later.
      model.backward(loss, { onBlock: (_block, gradients) => update(gradients) });
      return model.scalar(loss);
    },
    dispose() {
      optimizer.dispose();
      model.dispose();
      tf.dispose([input, target]);
    },
  };
}
