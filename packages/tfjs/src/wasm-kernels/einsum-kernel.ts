import type { EinsumAttrs, Tensor } from '@tensorflow/tfjs-core';
import { backend_util, clone, Einsum, tidy } from '@tensorflow/tfjs-core';
import { contract } from '../gradients/contract.ts';
import { labelOperands } from '../gradients/einsum.ts';
import type { WasmKernel } from './wasm-kernel.ts';

/** `tf.einsum`, which tfjs does not have for `wasm`, by a matrix product. */
export const einsum: WasmKernel<Tensor[], EinsumAttrs> = {
  name: Einsum,
  run(tensors, { equation }) {
    const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, tensors.length);
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors);
    const { operands, result } = labelOperands(equation, tensors);
    const [a, b] = operands;
    return tidy(() => {
      const product = contract(a!, b, result, new Map());
      return tensors.includes(product) ? clone(product) : product;
    });
  },
};
