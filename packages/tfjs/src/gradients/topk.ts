import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { add, range, reshape, scatterND, TopK, zeros } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/** The k largest elements of each row are copies, so each gradient goes back to where its element was. */
export const topkGradient: GradConfig = {
  kernelName: TopK,
  inputsToSave: ['x'],
  outputsToSave: [false, true],
  gradFunc: (dys, saved) => {
    const dy = oneGradient(dys);
    const [x, indices] = saved as [Tensor, Tensor];
    return {
      x: () => {
        if (dy.size === 0) return zeros(x.shape);
        const length = x.shape.at(-1)!;
        const k = dy.shape.at(-1)!;
        const starts = reshape(range(0, x.size, length, 'int32'), [x.size / length, 1]);
        const places = add(reshape(indices, [x.size / length, k]), starts);
        return reshape(scatterND(reshape(places, [dy.size, 1]), reshape(dy, [dy.size]), [x.size]), x.shape);
      },
    };
  },
};
