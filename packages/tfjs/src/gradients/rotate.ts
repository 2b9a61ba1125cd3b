import type { GradConfig, RotateWithOffsetAttrs, Tensor } from '@tensorflow/tfjs-core';
import { engine, RotateWithOffset } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';
import { selectionGradient } from './selection-gradient.ts';

/** Each pixel of the rotated image is a copy of the nearest one, or filled in. */
export const rotateGradient: GradConfig = {
  kernelName: RotateWithOffset,
  inputsToSave: ['image'],
  gradFunc: (dy, saved, attributes) => {
    const [image] = saved as [Tensor];
    const options = attributes as unknown as RotateWithOffsetAttrs;
    return {
      image: () =>
        selectionGradient(oneGradient(dy), image.shape, (numbers) =>
          engine().runKernel(RotateWithOffset, { image: numbers }, { ...options, fillValue: 0 }),
        ),
    };
  },
};
