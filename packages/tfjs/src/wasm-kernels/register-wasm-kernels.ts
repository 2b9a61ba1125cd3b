import type { KernelBackend, KernelConfig } from '@tensorflow/tfjs-core';
import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import {
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv3dBackpropFilter,
  conv3dBackpropInput,
} from './convolution-kernels.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-kernels.ts';
import { dilation2d, dilation2dBackpropFilter, dilation2dBackpropInput } from './dilation-kernels.ts';
import { einsum } from './einsum-kernel.ts';
import { gatherBatches } from './gather-batches.ts';
import { maxPool3d, maxPool3dGrad, maxPoolGrad } from './pool-kernels.ts';
import type { WasmKernel } from './wasm-kernel.ts';

/** Registers kernels that gradients need and tfjs's `wasm` backend lacks, or has with wrong results. */
export function registerWasmKernels(): void {
  register(conv2dBackpropFilter);
  register(conv2dBackpropInput);
  register(conv3dBackpropFilter);
  register(conv3dBackpropInput);
  register(depthwiseBackpropFilter);
  register(depthwiseBackpropInput);
  register(dilation2d);
  register(dilation2dBackpropFilter);
  register(dilation2dBackpropInput);
  register(einsum);
  register(gatherBatches);
  register(maxPool3d);
  register(maxPool3dGrad);
  register(maxPoolGrad);
}

function register<Inputs, Attributes>(kernel: WasmKernel<Inputs, Attributes>): void {
  const stock = getKernel(kernel.name, 'wasm') as KernelConfig | undefined;
  if (stock !== undefined) unregisterKernel(kernel.name, 'wasm');
  registerKernel({
    // tfjs's own stays in use for other cases, so it keeps being set up with the backend.
    ...stock,
    kernelName: kernel.name,
    backendName: 'wasm',
    kernelFunc(parameters) {
      // tfjs types kernels by name only: whoever calls this one passes these inputs and attributes.
      const inputs = parameters.inputs as unknown as Inputs;
      const attributes = parameters.attrs as unknown as Attributes;
      const isOurs = stock === undefined || kernel.accepts?.(inputs, attributes) !== false;
      return isOurs
        ? kernel.run(inputs, attributes, parameters.backend as KernelBackend)
        : stock.kernelFunc(parameters);
    },
  });
}
