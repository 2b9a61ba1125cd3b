import { isGemmActivation } from '@ds/kernels';
import type { _FusedMatMulAttrs, _FusedMatMulInputs, TensorInfo } from '@tensorflow/tfjs-core';
import { _FusedMatMul, Elu, getKernel, Prelu, Sigmoid } from '@tensorflow/tfjs-core';
import { multiplyMatrices } from './multiply-matrices.ts';
import type { TrainingKernel } from './training-kernel.ts';

/** Activations that tfjs's own kernels apply to our product. */
const activationKernels: ReadonlyMap<string, string> = new Map([
  ['elu', Elu],
  ['prelu', Prelu],
  ['sigmoid', Sigmoid],
]);

/** `tf.fused.matMul` and dense layers: a product with bias and activation. */
export const fusedMatMul: TrainingKernel<_FusedMatMulInputs, _FusedMatMulAttrs> = {
  name: _FusedMatMul,
  run(inputs, attributes, environment) {
    const { activation } = attributes;
    // Missing inputs may be null, which tfjs's types do not say.
    const bias = (inputs.bias as TensorInfo | null | undefined) ?? undefined;
    if (isGemmActivation(activation)) {
      const slope = attributes.leakyreluAlpha ?? 0;
      return multiplyMatrices(inputs, attributes, environment, { bias, activation, slope });
    }
    const { backend } = environment;
    const kernel = getKernel(activationKernels.get(activation) ?? '', 'wasm');
    if (kernel === undefined) return undefined;
    const product = multiplyMatrices(inputs, attributes, environment, { bias });
    if (product === undefined) return undefined;
    const alpha = inputs.preluActivationWeights;
    const output = kernel.kernelFunc({
      inputs: activation === 'prelu' ? { x: product, alpha } : { x: product },
      backend,
      attrs: {},
    });
    backend.disposeData(product.dataId);
    return output as TensorInfo;
  },
};
