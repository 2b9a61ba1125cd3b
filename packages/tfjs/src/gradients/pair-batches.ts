import type { BatchMatMulAttrs, KernelConfig, Tensor } from '@tensorflow/tfjs-core';
import { broadcast_util, broadcastTo, matMul, tidy, util, zeros } from '@tensorflow/tfjs-core';

/**
 * Makes a matrix product that knows what broadcasting is.
 *
 * tfjs's products take the n-th matrix of both operands, or the last there is. That is broadcasting as long as one
 * operand has a single matrix; otherwise results are wrong, and `wasm` writes beyond them. So both are repeated
 * beforehand where their batches differ in any other way. Where there are no batches, `cpu` takes one from nowhere.
 */
export function pairBatches(kernel: KernelConfig): KernelConfig {
  return {
    ...kernel,
    kernelFunc(parameters) {
      const { a, b } = parameters.inputs as unknown as { readonly a: Tensor; readonly b: Tensor };
      const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
      const [sizeA, sizeB] = [util.sizeFromShape(batchA), util.sizeFromShape(batchB)];
      const isPaired = util.arraysEqual(batchA, batchB) || Math.min(sizeA, sizeB) === 1;
      if (isPaired) return kernel.kernelFunc(parameters);
      const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
      const { transposeA, transposeB } = parameters.attrs as unknown as BatchMatMulAttrs;
      if (Math.min(...batch) === 0) {
        return zeros([...batch, a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!]);
      }
      const repeated = (matrices: Tensor): Tensor =>
        broadcastTo(matrices, [...batch, ...matrices.shape.slice(-2)]);
      return tidy(() => matMul(repeated(a), repeated(b), transposeA, transposeB));
    },
  };
}
