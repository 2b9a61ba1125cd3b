import type { GradConfig, StridedSliceAttrs, Tensor } from '@tensorflow/tfjs-core';
import { reshape, slice_util, StridedSlice, zeros } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';
import type { Selection } from './spread.ts';
import { spread } from './spread.ts';

/** Each element that was taken has the gradient of its copy, the others have none; axis after axis. */
export const stridedSliceGradient: GradConfig = {
  kernelName: StridedSlice,
  inputsToSave: ['x'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys);
    const [x] = saved as [Tensor];
    const options = attributes as unknown as StridedSliceAttrs;
    return {
      x: () => {
        if (dy.size === 0) return zeros(x.shape);
        const { begin, end, strides } = slice_util.sliceInfo(
          x.shape,
          options.begin,
          options.end,
          options.strides,
          options.beginMask,
          options.endMask,
          options.ellipsisMask,
          options.newAxisMask,
          options.shrinkAxisMask,
        );
        const selections = x.shape.map((length, axis): Selection => {
          const [first, stride] = [begin[axis]!, strides[axis]!];
          return { first, stride, count: Math.ceil((end[axis]! - first) / stride), length };
        });
        // Without the axes that were added, and with those that were dropped.
        const dense = reshape(
          dy,
          selections.map(({ count }) => count),
        );
        return selections.reduce((gradient, selection, axis) => spread(gradient, axis, selection), dense);
      },
    };
  },
};
