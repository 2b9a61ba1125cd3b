import type {
  Conv3DAttrs,
  Conv3DBackpropInputV2Attrs,
  GradConfig,
  Tensor,
  Tensor5D,
} from '@tensorflow/tfjs-core';
import {
  backend_util,
  Conv3D,
  conv3d,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  engine,
} from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';
import { pick, spread } from './spread.ts';

type Shape5D = Tensor5D['shape'];
type Options = Pick<Conv3DAttrs, 'strides' | 'pad'>;

/**
 * As for `tf.conv2d`, tfjs's kernels cannot dilate. A dilated filter is an ordinary one with zeros between its
 * elements, so its gradient is every d-th element of the ordinary one's.
 */
export const conv3dGradient: GradConfig = {
  kernelName: Conv3D,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys);
    const [x, filter] = saved as [Tensor5D, Tensor5D];
    const { strides, pad, dilations } = attributes as unknown as Conv3DAttrs;
    const options = { strides, pad };
    if (backend_util.tupleValuesAreOne(dilations)) {
      return {
        x: () => inputGradient(x.shape, dy, filter, options),
        filter: () => filterGradient(x, dy, filter.shape, options),
      };
    }
    const distances = typeof dilations === 'number' ? [dilations, dilations, dilations] : dilations;
    const selections = distances.map((stride, axis) => {
      const count = filter.shape[axis]!;
      return { first: 0, stride, count, length: (count - 1) * stride + 1 };
    });
    const wideShape = filter.shape.map((size, axis) => selections[axis]?.length ?? size) as Shape5D;
    return {
      x: () => {
        const wide = selections.reduce(
          (tensor: Tensor, selection, axis) => spread(tensor, axis, selection),
          filter,
        );
        return inputGradient(x.shape, dy, wide, options);
      },
      filter: () =>
        selections.reduce(
          (tensor, selection, axis) => pick(tensor, axis, selection),
          filterGradient(x, dy, wideShape, options),
        ),
    };
  },
};

/**
 * `tf.conv3dTranspose`, the input gradient of a convolution y = x * filter: linear in dy and in the filter. Its
 * gradient for dy is that convolution; for the filter it is the convolution's, with this one's dx as the images.
 */
export const conv3dTransposeGradient: GradConfig = {
  kernelName: Conv3DBackpropInputV2,
  inputsToSave: ['dy', 'filter'],
  gradFunc: (dys, saved, attributes) => {
    const images = oneGradient(dys) as Tensor5D;
    const [dy, filter] = saved as [Tensor5D, Tensor5D];
    const { strides, pad } = attributes as unknown as Conv3DBackpropInputV2Attrs;
    return {
      dy: () => conv3d(images, filter, strides, pad),
      filter: () => filterGradient(images, dy, filter.shape, { strides, pad }),
    };
  },
};

function inputGradient(inputShape: Shape5D, dy: Tensor, filter: Tensor, options: Options): Tensor {
  return engine().runKernel(Conv3DBackpropInputV2, { dy, filter }, { ...options, inputShape });
}

function filterGradient(x: Tensor, dy: Tensor, filterShape: Shape5D, options: Options): Tensor {
  return engine().runKernel(Conv3DBackpropFilterV2, { x, dy }, { ...options, filterShape });
}
