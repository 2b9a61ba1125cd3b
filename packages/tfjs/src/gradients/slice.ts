import type { GradConfig, SliceAttrs, Tensor } from '@tensorflow/tfjs-core';
import { Slice, slice_util } from '@tensorflow/tfjs-core';
import { padAxis } from './axis-view.ts';
import { oneGradient } from './one-gradient.ts';

/**
 * The part that was cut out has the gradient of the output, the rest has none.
 *
 * tfjs pads all axes at once, which its `webgpu` backend cannot do in five dimensions.
 */
export const sliceGradient: GradConfig = {
  kernelName: Slice,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attributes) => {
    const [x] = saved as [Tensor];
    const { begin, size } = attributes as unknown as SliceAttrs;
    const [starts, sizes] = slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
    return {
      x: () =>
        x.shape.reduce(
          (gradient, length, axis) =>
            padAxis(gradient, axis, starts[axis]!, length - starts[axis]! - sizes[axis]!),
          oneGradient(dy),
        ),
    };
  },
};
