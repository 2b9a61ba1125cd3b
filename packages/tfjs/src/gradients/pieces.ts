import type { GradConfig, SplitVAttrs, UnpackAttrs } from '@tensorflow/tfjs-core';
import { clone, concat, expandDims, SplitV, stack, Unpack } from '@tensorflow/tfjs-core';

/** The pieces' gradients put together as the pieces were. Of a single piece tfjs expects a list, and gets none. */
export const splitGradient: GradConfig = {
  kernelName: SplitV,
  gradFunc: (dys, _saved, attributes) => {
    const { axis } = attributes as unknown as SplitVAttrs;
    return { x: () => (Array.isArray(dys) ? concat(dys, axis) : clone(dys)) };
  },
};

/** The same for `tf.unstack`. */
export const unstackGradient: GradConfig = {
  kernelName: Unpack,
  gradFunc: (dys, _saved, attributes) => {
    const { axis } = attributes as unknown as UnpackAttrs;
    return { value: () => (Array.isArray(dys) ? stack(dys, axis) : expandDims(dys, axis)) };
  },
};
