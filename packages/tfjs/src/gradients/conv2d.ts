import type { Conv2DAttrs, GradConfig, Tensor4D } from '@tensorflow/tfjs-core';
import {
  backend_util,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  transpose,
} from '@tensorflow/tfjs-core';
import { undilate } from './dilated-conv2d.ts';
import { oneGradient } from './one-gradient.ts';

type Attributes = Omit<Conv2DAttrs, 'dilations'>;

/**
 * y is linear in the images and in the filter; tfjs has a kernel for either gradient, but only without dilation. Other
 * convolutions are turned into such ones first.
 */
export const conv2dGradient: GradConfig = {
  kernelName: Conv2D,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys) as Tensor4D;
    const [x, filter] = saved as [Tensor4D, Tensor4D];
    const { dilations, ...rest } = attributes as unknown as Conv2DAttrs;
    if (backend_util.tupleValuesAreOne(dilations)) {
      return {
        x: () => inputGradient(x.shape, dy, filter, rest),
        filter: () => filterGradient(x, dy, filter.shape, rest),
      };
    }
    const channelsLast = rest.dataFormat === 'NHWC';
    const images = (): Tensor4D => (channelsLast ? x : transpose(x, [0, 2, 3, 1]));
    const shape = channelsLast ? x.shape : order(x.shape, [0, 2, 3, 1]);
    const info = backend_util.computeConv2DInfo(
      shape,
      filter.shape,
      rest.strides,
      dilations,
      rest.pad,
      rest.dimRoundingMode,
    );
    const { splitInput, splitOutput, joinInput } = undilate(info);
    const outputs = (): Tensor4D => splitOutput(channelsLast ? dy : transpose(dy, [0, 2, 3, 1]));
    const plain = { strides: 1, pad: 'valid', dataFormat: 'NHWC' } as const;
    return {
      x: () => {
        const split = outputs();
        const height = split.shape[1] + info.filterHeight - 1;
        const width = split.shape[2] + info.filterWidth - 1;
        const gradient = joinInput(
          inputGradient([split.shape[0], height, width, info.inChannels], split, filter, plain),
        );
        return channelsLast ? gradient : transpose(gradient, [0, 3, 1, 2]);
      },
      filter: () => filterGradient(splitInput(images()), outputs(), filter.shape, plain),
    };
  },
};

type Shape4D = Tensor4D['shape'];

function inputGradient(
  inputShape: Shape4D,
  dy: Tensor4D,
  filter: Tensor4D,
  attributes: Partial<Attributes>,
): Tensor4D {
  return engine().runKernel(Conv2DBackpropInput, { dy, filter }, { ...attributes, inputShape });
}

function filterGradient(
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: Shape4D,
  attributes: Partial<Attributes>,
): Tensor4D {
  return engine().runKernel(Conv2DBackpropFilter, { x, dy }, { ...attributes, filterShape });
}

function order(shape: Shape4D, axes: readonly [number, number, number, number]): Shape4D {
  return axes.map((axis) => shape[axis]) as Shape4D;
}
