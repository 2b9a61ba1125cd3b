import type { BatchMatMulAttrs, KernelConfig, Tensor } from '@tensorflow/tfjs-core';
import { broadcast_util, broadcastTo, matMul, tidy, util } from '@tensorflow/tfjs-core';

/**
 * Makes a matrix product that knows what broadcasting is.
 *
 * tfjs's products take the n-th matrix of both operands, or the last there is. That is broadcasting as long as one
 * operand has a single matrix; otherwise results are wrong, and `wasm` writes beyond them. So both are repeated
 * beforehand where their batches differ in any other way.
 */
export function pairBatches(kernel: KernelConfig): KernelConfig {
  return {
    ...kernel,
    kernelFunc(parameters) {
      const { a, b } = parameters.inputs as unknown as { readonly a: Tensor; readonly b: Tensor };
      const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
      if (
        util.arraysEqual(batchA, batchB) ||
        util.sizeFromShape(batchA) === 1 ||
        util.sizeFromShape(batchB) === 1
      ) {
        return kernel.kernelFunc(parameters);
      }
      const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
      const { transposeA, transposeB } = parameters.attrs as unknown as BatchMatMulAttrs;
      const repeated = (matrices: Tensor): Tensor =>
        broadcastTo(matrices, [...batch, ...matrices.shape.slice(-2)]);
      return tidy(() => matMul(repeated(a), repeated(b), transposeA, transposeB));
    },
  };
}
