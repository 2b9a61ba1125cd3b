import type { BatchMatMulAttrs, BatchMatMulInputs } from '@tensorflow/tfjs-core';
import { BatchMatMul } from '@tensorflow/tfjs-core';
import { multiplyMatrices } from './multiply-matrices.ts';
import type { TrainingKernel } from './training-kernel.ts';

/** `tf.matMul`, and with it every gradient of a matrix product. */
export const batchMatMul: TrainingKernel<BatchMatMulInputs, BatchMatMulAttrs> = {
  name: BatchMatMul,
  run: multiplyMatrices,
};
