import type { GradConfig, MaxPoolWithArgmaxAttrs, Tensor } from '@tensorflow/tfjs-core';
import { engine, MaxPoolGrad, MaxPoolWithArgmax } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/** As `tf.maxPool`: the gradient goes to the largest element of each window. The positions have none. */
export const maxPoolWithArgmaxGradient: GradConfig = {
  kernelName: MaxPoolWithArgmax,
  inputsToSave: ['x'],
  outputsToSave: [true, false],
  gradFunc: (dys, saved, attributes) => {
    const [input, output] = saved as [Tensor, Tensor];
    const { filterSize, strides, pad } = attributes as unknown as MaxPoolWithArgmaxAttrs;
    return {
      x: () =>
        engine().runKernel(
          MaxPoolGrad,
          { dy: oneGradient(dys), input, output },
          { filterSize, strides, pad },
        ),
    };
  },
};
