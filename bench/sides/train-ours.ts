import { initialize, registerTrainingKernels } from '@ds/deepspeed';
import * as tf from '@tensorflow/tfjs-core';
import type { Contender } from '../side.ts';
import { batchTensors, modelBlocks } from '../tfjs/models.ts';
import { ourOperations } from '../tfjs/our-operations.ts';
import { ourOptimizer } from '../tfjs/our-optimizer.ts';
import { startBackend } from '../tfjs/start-backend.ts';
import type { TrainParameters } from '../workloads/workload.ts';

/** Our engine, with all it does in a step: gradient norm, test for overflow, counters. */
export async function create({ workload, optimizer }: TrainParameters): Promise<Contender> {
  await startBackend();
  registerTrainingKernels();
  const { input, target } = batchTensors(workload);
  const { engine } = await initialize({
    model: modelBlocks(workload, ourOperations),
    loss: ourOperations.softmaxCrossEntropy,
    // The peers do not clip.
    config: { train_batch_size: workload.batch, gradient_clipping: 0 },
    optimizer: ourOptimizer(optimizer),
  });
  return {
    run: () => engine.trainBatch([input, target]),
    dispose() {
      engine.dispose();
      tf.dispose([input, target]);
    },
  };
}
