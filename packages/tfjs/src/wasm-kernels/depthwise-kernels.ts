import type {
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInputAttrs,
  Tensor4D,
} from '@tensorflow/tfjs-core';
import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
} from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-kernel.ts';
import { allocate, clear, heapOf, placeOf } from './wasm-kernel.ts';
import { visitWindows, windows2d } from './windows.ts';

/**
 * The filter's gradient of a depthwise convolution; tfjs has none for `wasm`.
 *
 * y[o, c q + m] is the sum over k of x[o + k, c] f[k, c, m], with q filters for each channel.
 */
export const depthwiseBackpropFilter: WasmKernel<
  { readonly x: Tensor4D; readonly dy: Tensor4D },
  DepthwiseConv2dNativeBackpropFilterAttrs
> = {
  name: DepthwiseConv2dNativeBackpropFilter,
  run({ x, dy }, { strides, pad, dilations, dimRoundingMode, filterShape }, backend) {
    const info = backend_util.computeConv2DInfo(
      x.shape,
      filterShape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    const gradient = allocate(backend, filterShape);
    clear(backend, gradient);
    const heap = heapOf(backend);
    const [images, outputs, filters] = [x, dy, gradient].map((tensor) => placeOf(backend, tensor)) as Places;
    const channels = filterShape[2];
    const each = filterShape[3];
    visitWindows(windows2d(info), (output, pixel, element) => {
      let out = outputs + output * channels * each;
      let to = filters + element * channels * each;
      for (let from = images + pixel * channels, end = from + channels; from < end; from++) {
        const value = heap[from]!;
        for (let m = 0; m < each; m++) heap[to++]! += value * heap[out++]!;
      }
    });
    return gradient;
  },
};

/** The input's gradient of a depthwise convolution; tfjs has none for `wasm`. */
export const depthwiseBackpropInput: WasmKernel<
  { readonly dy: Tensor4D; readonly filter: Tensor4D },
  DepthwiseConv2dNativeBackpropInputAttrs
> = {
  name: DepthwiseConv2dNativeBackpropInput,
  run({ dy, filter }, { strides, pad, dilations, dimRoundingMode, inputShape }, backend) {
    const info = backend_util.computeConv2DInfo(
      inputShape,
      filter.shape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    const gradient = allocate(backend, inputShape);
    clear(backend, gradient);
    const heap = heapOf(backend);
    const [images, outputs, filters] = [gradient, dy, filter].map((tensor) =>
      placeOf(backend, tensor),
    ) as Places;
    const channels = filter.shape[2];
    const each = filter.shape[3];
    visitWindows(windows2d(info), (output, pixel, element) => {
      let out = outputs + output * channels * each;
      let by = filters + element * channels * each;
      for (let to = images + pixel * channels, end = to + channels; to < end; to++) {
        let total = heap[to]!;
        for (let m = 0; m < each; m++) total += heap[by++]! * heap[out++]!;
        heap[to] = total;
      }
    });
    return gradient;
  },
};

type Places = [images: number, outputs: number, filters: number];
