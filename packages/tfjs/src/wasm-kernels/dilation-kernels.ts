import type { Dilation2DAttrs, KernelBackend, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import {
  backend_util,
  Dilation2D,
  Dilation2DBackpropFilter,
  Dilation2DBackpropInput,
} from '@tensorflow/tfjs-core';
import { forEachMaximum } from './maxima.ts';
import type { WasmKernel } from './wasm-kernel.ts';
import { allocate, clear, heapOf, placeOf } from './wasm-kernel.ts';
import type { Windows } from './windows.ts';
import { windows2d } from './windows.ts';

interface ForwardInputs {
  readonly x: Tensor4D;
  readonly filter: Tensor3D;
}

interface GradientInputs extends ForwardInputs {
  readonly dy: Tensor4D;
}

const areFloats = ({ x, filter }: ForwardInputs): boolean =>
  x.dtype === 'float32' && filter.dtype === 'float32';

/** `tf.dilation2d`, y[o] = max over k of x[o + k] + f[k]. tfjs's own is wrong where all of these are negative. */
export const dilation2d: WasmKernel<ForwardInputs, Dilation2DAttrs> = {
  name: Dilation2D,
  accepts: areFloats,
  run({ x, filter }, attributes, backend) {
    const { windows, outShape } = layout(x, filter, attributes);
    const result = allocate(backend, outShape);
    const heap = heapOf(backend);
    const place = placeOf(backend, result);
    const [images, offsets] = [placeOf(backend, x), placeOf(backend, filter)];
    forEachMaximum(windows, heap, images, offsets, (output, { values }) => {
      heap.set(values, place + output * values.length);
    });
    return result;
  },
};

/** The gradient of each output goes to the pixel that it comes from. */
export const dilation2dBackpropInput: WasmKernel<GradientInputs, Dilation2DAttrs> = {
  name: Dilation2DBackpropInput,
  accepts: areFloats,
  run: (inputs, attributes, backend) => gradientOf(inputs.x, 'pixels', inputs, attributes, backend),
};

/** The gradient of each output goes to the filter's element that it comes from. */
export const dilation2dBackpropFilter: WasmKernel<GradientInputs, Dilation2DAttrs> = {
  name: Dilation2DBackpropFilter,
  accepts: areFloats,
  run: (inputs, attributes, backend) => gradientOf(inputs.filter, 'elements', inputs, attributes, backend),
};

function gradientOf(
  like: Tensor,
  where: 'pixels' | 'elements',
  { x, filter, dy }: GradientInputs,
  attributes: Dilation2DAttrs,
  backend: KernelBackend,
): Tensor {
  const { windows } = layout(x, filter, attributes);
  const gradient = allocate(backend, like.shape);
  clear(backend, gradient);
  const heap = heapOf(backend);
  const [target, source] = [placeOf(backend, gradient), placeOf(backend, dy)];
  const [images, offsets] = [placeOf(backend, x), placeOf(backend, filter)];
  forEachMaximum(windows, heap, images, offsets, (output, maxima) => {
    const channels = windows.inChannels;
    for (let channel = 0; channel < channels; channel++) {
      const index = maxima[where][channel]!;
      if (index >= 0)
        heap[target + index * channels + channel]! += heap[source + output * channels + channel]!;
    }
  });
  return gradient;
}

function layout(
  x: Tensor4D,
  filter: Tensor3D,
  { strides, pad, dilations }: Dilation2DAttrs,
): { readonly windows: Windows; readonly outShape: readonly number[] } {
  const info = backend_util.computeDilation2DInfo(x.shape, filter.shape, strides, pad, 'NHWC', dilations);
  return { windows: windows2d(info), outShape: info.outShape };
}
