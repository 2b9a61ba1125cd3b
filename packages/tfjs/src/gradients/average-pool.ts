import type {
  AvgPoolAttrs,
  AvgPool3DAttrs,
  GradConfig,
  Tensor,
  Tensor4D,
  Tensor5D,
} from '@tensorflow/tfjs-core';
import {
  AvgPool,
  AvgPool3D,
  AvgPool3DGrad,
  AvgPoolGrad,
  backend_util,
  engine,
  mul,
  reshape,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/** How windows lie along one axis. */
interface Windows {
  readonly length: number;
  readonly outputs: number;
  readonly filter: number;
  readonly stride: number;
  readonly before: number;
}

/**
 * y_o is the sum over a window, divided by the number of its elements inside the image; so each of them gets dy_o
 * divided by that number. tfjs divides by the size of the window, which is wrong where it reaches over the edge: so
 * dy_o is first multiplied by size / number. Both are products over the axes.
 */
export const averagePoolGradient: GradConfig = {
  kernelName: AvgPool,
  inputsToSave: ['x'],
  gradFunc: (dys, saved, attributes) => {
    const [x] = saved as [Tensor4D];
    const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as AvgPoolAttrs;
    const info = backend_util.computePool2DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
    return {
      x: () => {
        const dy = compensate(oneGradient(dys), [
          {
            length: info.inHeight,
            outputs: info.outHeight,
            filter: info.filterHeight,
            stride: info.strideHeight,
            before: info.padInfo.top,
          },
          {
            length: info.inWidth,
            outputs: info.outWidth,
            filter: info.filterWidth,
            stride: info.strideWidth,
            before: info.padInfo.left,
          },
        ]);
        return engine().runKernel(AvgPoolGrad, { dy, input: x }, { filterSize, strides, pad });
      },
    };
  },
};

/** The same in three dimensions. */
export const averagePool3dGradient: GradConfig = {
  kernelName: AvgPool3D,
  inputsToSave: ['x'],
  gradFunc: (dys, saved, attributes) => {
    const [x] = saved as [Tensor5D];
    const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as AvgPool3DAttrs;
    const info = backend_util.computePool3DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
    return {
      x: () => {
        const dy = compensate(oneGradient(dys), [
          {
            length: info.inDepth,
            outputs: info.outDepth,
            filter: info.filterDepth,
            stride: info.strideDepth,
            before: info.padInfo.front,
          },
          {
            length: info.inHeight,
            outputs: info.outHeight,
            filter: info.filterHeight,
            stride: info.strideHeight,
            before: info.padInfo.top,
          },
          {
            length: info.inWidth,
            outputs: info.outWidth,
            filter: info.filterWidth,
            stride: info.strideWidth,
            before: info.padInfo.left,
          },
        ]);
        return engine().runKernel(
          AvgPool3DGrad,
          { dy, input: x },
          { filterSize, strides, pad, ...(dimRoundingMode === undefined ? {} : { dimRoundingMode }) },
        );
      },
    };
  },
};

/** Multiplies the gradients of windows that reach over an edge; `axes` start at dimension 1. */
function compensate(dy: Tensor, axes: readonly Windows[]): Tensor {
  return axes.reduce((gradient, windows, index) => {
    const factors = Array.from({ length: windows.outputs }, (_, output) => {
      const start = output * windows.stride - windows.before;
      const inside = Math.min(start + windows.filter, windows.length) - Math.max(start, 0);
      return windows.filter / Math.max(inside, 1);
    });
    if (factors.every((factor) => factor === 1)) return gradient;
    const shape = dy.shape.map((size, axis) => (axis === index + 1 ? size : 1));
    return mul(gradient, reshape(tensor1d(factors), shape));
  }, dy);
}
