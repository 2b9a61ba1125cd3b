import { registerTrainingKernels } from '@ds/deepspeed';
import * as tf from '@tensorflow/tfjs-core';
import type { Contender } from '../side.ts';
import { startBackend } from '../tfjs/start-backend.ts';
import type { MatmulParameters } from '../workloads/matmul.ts';
import { matrix } from '../workloads/matmul.ts';

export interface TfjsMatmulParameters extends MatmulParameters {
  /** Whether our kernels are registered. */
  readonly kernels: boolean;
}

export async function create({
  size,
  transposeA,
  transposeB,
  kernels,
}: TfjsMatmulParameters): Promise<Contender> {
  await startBackend();
  if (kernels) registerTrainingKernels();
  const [a, b] = [tf.tensor2d(matrix(size, 1), [size, size]), tf.tensor2d(matrix(size, 2), [size, size])];
  return {
    async run() {
      tf.matMul(a, b, transposeA, transposeB).dispose();
      return undefined;
    },
    dispose() {
      tf.dispose([a, b]);
    },
  };
}
