import type {
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  Conv3DBackpropFilterV2Attrs,
  Conv3DBackpropInputV2Attrs,
  Tensor,
  Tensor4D,
  Tensor5D,
} from '@tensorflow/tfjs-core';
import {
  backend_util,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
} from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '@ds/tensor';
import { filterGradient, inputGradient } from './convolution-gradients.ts';
import type { WasmKernel } from './wasm-kernel.ts';
import { windows2d, windows3d } from './windows.ts';

/** The filter's gradient; tfjs has none for `wasm`, so no convolution can be trained there. */
export const conv2dBackpropFilter: WasmKernel<
  { readonly x: Tensor4D; readonly dy: Tensor4D },
  Conv2DBackpropFilterAttrs
> = {
  name: Conv2DBackpropFilter,
  run({ x, dy }, { strides, pad, dataFormat, dimRoundingMode, filterShape }, backend) {
    if (dataFormat === 'NCHW') {
      throw new InvalidArgumentError(
        "Error in conv2dDerFilter: the wasm backend supports dataFormat 'NHWC' only, got 'NCHW'. " +
          'Transpose the images with tf.transpose(x, [0, 2, 3, 1]).',
      );
    }
    const info = backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
    return filterGradient(x, dy, windows2d(info), filterShape, backend);
  },
};

/** The input's gradient, which tfjs computes number by number, as a matrix product. */
export const conv2dBackpropInput: WasmKernel<
  { readonly dy: Tensor4D; readonly filter: Tensor4D },
  Conv2DBackpropInputAttrs
> = {
  name: Conv2DBackpropInput,
  accepts: ({ dy, filter }, { dataFormat }) => dataFormat !== 'NCHW' && areFloats(dy, filter),
  run({ dy, filter }, { strides, pad, dimRoundingMode, inputShape }, backend) {
    const info = backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode);
    return inputGradient(dy, filter, windows2d(info), inputShape, backend);
  },
};

/** As `conv2dBackpropFilter`, on images with depth. */
export const conv3dBackpropFilter: WasmKernel<
  { readonly x: Tensor5D; readonly dy: Tensor5D },
  Conv3DBackpropFilterV2Attrs
> = {
  name: Conv3DBackpropFilterV2,
  accepts: ({ x, dy }) => areFloats(x, dy),
  run({ x, dy }, { strides, pad, filterShape }, backend) {
    const info = backend_util.computeConv3DInfo(x.shape, filterShape, strides, 1, pad);
    return filterGradient(x, dy, windows3d(info), filterShape, backend);
  },
};

/** As `conv2dBackpropInput`, on images with depth. tfjs's own leaves out windows, so its results are wrong. */
export const conv3dBackpropInput: WasmKernel<
  { readonly dy: Tensor5D; readonly filter: Tensor5D },
  Conv3DBackpropInputV2Attrs
> = {
  name: Conv3DBackpropInputV2,
  accepts: ({ dy, filter }) => areFloats(dy, filter),
  run({ dy, filter }, { strides, pad, inputShape }, backend) {
    const info = backend_util.computeConv3DInfo(inputShape, filter.shape, strides, 1, pad);
    return inputGradient(dy, filter, windows3d(info), inputShape, backend);
  },
};

function areFloats(...tensors: readonly Tensor[]): boolean {
  return tensors.every(({ dtype }) => dtype === 'float32');
}
