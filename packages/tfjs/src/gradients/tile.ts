import type { GradConfig, Tensor, TileAttrs } from '@tensorflow/tfjs-core';
import { reshape, sum, Tile } from '@tensorflow/tfjs-core';
import { axisView } from './axis-view.ts';
import { oneGradient } from './one-gradient.ts';

/** Each element has the sum of the gradients of its copies. tfjs adds slices, and only up to four dimensions. */
export const tileGradient: GradConfig = {
  kernelName: Tile,
  inputsToSave: ['x'],
  gradFunc: (dys, saved, attributes) => {
    const [x] = saved as [Tensor];
    const { reps } = attributes as unknown as TileAttrs;
    return {
      x: () =>
        x.shape.reduce((gradient, length, axis) => {
          const copies = reps[axis]!;
          if (copies === 1) return gradient;
          const [outer, , inner] = axisView(gradient, axis).shape;
          const total = sum(reshape(gradient, [outer, copies, length * inner]), 1);
          return reshape(total, gradient.shape.with(axis, length));
        }, oneGradient(dys)),
    };
  },
};
