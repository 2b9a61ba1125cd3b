import type {
  KernelBackend,
  MaxPool3DAttrs,
  MaxPool3DGradAttrs,
  MaxPoolGradAttrs,
  Tensor,
  Tensor4D,
  Tensor5D,
} from '@tensorflow/tfjs-core';
import { backend_util, MaxPool3D, MaxPool3DGrad, MaxPoolGrad } from '@tensorflow/tfjs-core';
import { forEachMaximum } from './maxima.ts';
import type { WasmKernel } from './wasm-kernel.ts';
import { allocate, clear, heapOf, placeOf } from './wasm-kernel.ts';
import type { Windows } from './windows.ts';
import { windows2d, windows3d } from './windows.ts';

interface GradientInputs<T extends Tensor> {
  readonly dy: T;
  readonly input: T;
}

/** tfjs's own starts with the smallest positive number, and is wrong where all numbers under a window are negative. */
export const maxPoolGrad: WasmKernel<GradientInputs<Tensor4D>, MaxPoolGradAttrs> = {
  name: MaxPoolGrad,
  accepts: ({ input }) => input.dtype === 'float32',
  run({ dy, input }, { filterSize, strides, pad, dimRoundingMode }, backend) {
    const info = backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode);
    return gradientOf(dy, input, windows2d(info), backend);
  },
};

/** Has the same fault in tfjs. */
export const maxPool3dGrad: WasmKernel<GradientInputs<Tensor5D>, MaxPool3DGradAttrs> = {
  name: MaxPool3DGrad,
  accepts: ({ input }) => input.dtype === 'float32',
  run({ dy, input }, { filterSize, strides, pad, dimRoundingMode }, backend) {
    const info = backend_util.computePool3DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode);
    return gradientOf(dy, input, windows3d(info), backend);
  },
};

/** Has the same fault in tfjs. */
export const maxPool3d: WasmKernel<{ readonly x: Tensor5D }, MaxPool3DAttrs> = {
  name: MaxPool3D,
  accepts: ({ x }, { dataFormat }) => x.dtype === 'float32' && dataFormat !== 'NCDHW',
  run({ x }, { filterSize, strides, pad, dimRoundingMode }, backend) {
    const info = backend_util.computePool3DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
    const result = allocate(backend, info.outShape);
    const heap = heapOf(backend);
    const place = placeOf(backend, result);
    forEachMaximum(windows3d(info), heap, placeOf(backend, x), undefined, (output, { values }) => {
      heap.set(values, place + output * values.length);
    });
    return result;
  },
};

/** The gradient of each output goes to the number that it is. */
function gradientOf(dy: Tensor, input: Tensor, windows: Windows, backend: KernelBackend): Tensor {
  const gradient = allocate(backend, input.shape);
  clear(backend, gradient);
  const heap = heapOf(backend);
  const [target, source] = [placeOf(backend, gradient), placeOf(backend, dy)];
  forEachMaximum(windows, heap, placeOf(backend, input), undefined, (output, { pixels }) => {
    const channels = pixels.length;
    for (let channel = 0; channel < channels; channel++) {
      const pixel = pixels[channel]!;
      if (pixel >= 0)
        heap[target + pixel * channels + channel]! += heap[source + output * channels + channel]!;
    }
  });
  return gradient;
}
