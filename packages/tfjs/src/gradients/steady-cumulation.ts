import type { CumprodAttrs, KernelConfig, Tensor } from '@tensorflow/tfjs-core';
import { Cumprod, cumprod, cumsum, reverse as flip, tidy, util } from '@tensorflow/tfjs-core';

/**
 * Makes a running sum or product that is right from the end and for negative axes.
 *
 * tfjs's kernels do not understand negative axes: `cpu` gives nothing, and `wasm` writes where it must not. On
 * `webgpu`, a shader that starts from the end has the length of the axis written into it, but is used for every
 * length; there the tensor is turned round instead.
 */
export function steadyCumulation(kernel: KernelConfig): KernelConfig {
  const cumulate = kernel.kernelName === Cumprod ? cumprod : cumsum;
  return {
    ...kernel,
    kernelFunc(parameters) {
      const x = parameters.inputs['x'] as Tensor;
      const { axis, exclusive, reverse } = parameters.attrs as unknown as CumprodAttrs;
      const [place] = util.parseAxisParam(axis, x.shape) as [number];
      if (reverse && kernel.backendName === 'webgpu') {
        return tidy(() => flip(cumulate(flip(x, place), place, exclusive, false), place));
      }
      return kernel.kernelFunc({ ...parameters, attrs: { axis: place, exclusive, reverse } });
    },
  };
}
