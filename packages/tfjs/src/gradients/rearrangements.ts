import type { DepthToSpaceAttrs, GradConfig, Tensor } from '@tensorflow/tfjs-core';
import {
  DepthToSpace,
  Diag,
  FlipLeftRight,
  gather,
  range,
  reshape,
  reverse,
  transpose,
} from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/** y[i, i] = x[i] and zeros elsewhere, each i standing for all of x's indices: dx is the diagonal of dy. */
export const diagGradient: GradConfig = {
  kernelName: Diag,
  inputsToSave: ['x'],
  gradFunc: (dy, saved) => {
    const [x] = saved as [Tensor];
    return {
      x: () => {
        const places = range(0, x.size ** 2, x.size + 1, 'int32');
        return reshape(gather(reshape(oneGradient(dy), [x.size ** 2]), places), x.shape);
      },
    };
  },
};

/** Turning an image round again. */
export const flipLeftRightGradient: GradConfig = {
  kernelName: FlipLeftRight,
  gradFunc: (dy) => ({ image: () => reverse(oneGradient(dy), 2) }),
};

/** y[h s + i, w s + j, d] = x[h, w, i, j, d]: squares of s x s pixels go back into the channels. */
export const depthToSpaceGradient: GradConfig = {
  kernelName: DepthToSpace,
  gradFunc: (dys, _saved, attributes) => {
    const dy = oneGradient(dys);
    const { blockSize, dataFormat } = attributes as unknown as DepthToSpaceAttrs;
    return {
      x: () =>
        dataFormat === 'NHWC'
          ? spaceToDepth(dy, blockSize)
          : transpose(spaceToDepth(transpose(dy, [0, 2, 3, 1]), blockSize), [0, 3, 1, 2]),
    };
  },
};

function spaceToDepth(images: Tensor, block: number): Tensor {
  const [batch, height, width, depth] = images.shape as [number, number, number, number];
  const [rows, columns] = [height / block, width / block];
  const squares = transpose(reshape(images, [batch * rows, block, columns, block * depth]), [0, 2, 1, 3]);
  return reshape(squares, [batch, rows, columns, block * block * depth]);
}
