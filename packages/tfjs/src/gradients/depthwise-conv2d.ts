import type { DepthwiseConv2dNativeAttrs, GradConfig, Tensor4D } from '@tensorflow/tfjs-core';
import {
  backend_util,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  engine,
} from '@tensorflow/tfjs-core';
import { undilate } from './dilated-conv2d.ts';
import { oneGradient } from './one-gradient.ts';

type Attributes = Partial<DepthwiseConv2dNativeAttrs>;
type Shape4D = Tensor4D['shape'];

/** As for `tf.conv2d`: tfjs's kernels cannot dilate, so dilated convolutions are turned into others first. */
export const depthwiseConv2dGradient: GradConfig = {
  kernelName: DepthwiseConv2dNative,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys) as Tensor4D;
    const [x, filter] = saved as [Tensor4D, Tensor4D];
    const { strides, pad, dimRoundingMode, ...rest } = attributes as unknown as DepthwiseConv2dNativeAttrs;
    const dilations = rest.dilations ?? [1, 1];
    if (backend_util.tupleValuesAreOne(dilations)) {
      const options = { strides, pad, dilations, dimRoundingMode: dimRoundingMode! };
      return {
        x: () => inputGradient(x.shape, dy, filter, options),
        filter: () => filterGradient(x, dy, filter.shape, options),
      };
    }
    const info = backend_util.computeConv2DInfo(
      x.shape,
      filter.shape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    const { splitInput, splitOutput, joinInput } = undilate(info);
    const plain: Attributes = { strides: [1, 1], pad: 'valid', dilations: [1, 1] };
    return {
      x: () => {
        const split = splitOutput(dy);
        const height = split.shape[1] + info.filterHeight - 1;
        const width = split.shape[2] + info.filterWidth - 1;
        return joinInput(
          inputGradient([split.shape[0], height, width, info.inChannels], split, filter, plain),
        );
      },
      filter: () => filterGradient(splitInput(x), splitOutput(dy), filter.shape, plain),
    };
  },
};

function inputGradient(
  inputShape: Shape4D,
  dy: Tensor4D,
  filter: Tensor4D,
  attributes: Attributes,
): Tensor4D {
  return engine().runKernel(
    DepthwiseConv2dNativeBackpropInput,
    { dy, filter },
    { ...attributes, inputShape },
  );
}

function filterGradient(x: Tensor4D, dy: Tensor4D, filterShape: Shape4D, attributes: Attributes): Tensor4D {
  return engine().runKernel(DepthwiseConv2dNativeBackpropFilter, { x, dy }, { ...attributes, filterShape });
}
