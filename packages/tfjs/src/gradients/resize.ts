import type {
  GradConfig,
  ResizeBilinearAttrs,
  ResizeNearestNeighborAttrs,
  Tensor,
  Tensor4D,
} from '@tensorflow/tfjs-core';
import {
  engine,
  matMul,
  reshape,
  ResizeBilinear,
  ResizeBilinearGrad,
  ResizeNearestNeighbor,
  ResizeNearestNeighborGrad,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';
import { selectionGradient } from './selection-gradient.ts';

/**
 * Rows and columns are interpolated apart: y = H x W', so dx = H' dy W, where each row of H has the weights of one
 * output row.
 *
 * tfjs's kernels know nothing of `halfPixelCenters`, so there the products are taken. Its `cpu` kernel exchanges
 * height and width in the shape it gives, but not in the numbers.
 */
export const resizeBilinearGradient: GradConfig = {
  kernelName: ResizeBilinear,
  inputsToSave: ['images'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys) as Tensor4D;
    const [images] = saved as [Tensor4D];
    const { alignCorners, halfPixelCenters } = attributes as unknown as ResizeBilinearAttrs;
    const [batch, height, width, channels] = images.shape;
    const [, newHeight, newWidth] = dy.shape;
    return {
      images: () => {
        if (!halfPixelCenters) {
          const gradient: Tensor = engine().runKernel(ResizeBilinearGrad, { dy, images }, { alignCorners });
          return reshape(gradient, images.shape);
        }
        const rows = reshape(dy, [batch, newHeight, newWidth * channels]);
        const tall: Tensor = matMul(halfPixelWeights(height, newHeight), rows, true);
        const columns = reshape(tall, [batch * height, newWidth, channels]);
        return reshape(matMul(halfPixelWeights(width, newWidth), columns, true), images.shape);
      },
    };
  },
};

/** A matrix of `outputs` x `inputs` weights; beyond the first and last center an image does not change. */
function halfPixelWeights(inputs: number, outputs: number): Tensor {
  const weights = new Float32Array(outputs * inputs);
  for (let output = 0; output < outputs; output++) {
    const center = ((output + 0.5) * inputs) / outputs - 0.5;
    const place = Math.min(Math.max(center, 0), inputs - 1);
    const left = Math.floor(place);
    const right = Math.min(left + 1, inputs - 1);
    weights[output * inputs + left]! += 1 - (place - left);
    weights[output * inputs + right]! += place - left;
  }
  return tensor2d(weights, [outputs, inputs]);
}

/**
 * Each pixel has the sum of the gradients of its copies.
 *
 * tfjs's kernels know nothing of `halfPixelCenters`, and the one for `cpu` mixes up the images of a batch.
 */
export const resizeNearestNeighborGradient: GradConfig = {
  kernelName: ResizeNearestNeighbor,
  inputsToSave: ['images'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys) as Tensor4D;
    const [images] = saved as [Tensor4D];
    const options = attributes as unknown as ResizeNearestNeighborAttrs;
    return {
      images: () =>
        options.halfPixelCenters || images.shape[0] > 1
          ? selectionGradient(dy, images.shape, (numbers) =>
              engine().runKernel(ResizeNearestNeighbor, { images: numbers }, { ...options }),
            )
          : engine().runKernel(
              ResizeNearestNeighborGrad,
              { dy, images },
              { alignCorners: options.alignCorners },
            ),
    };
  },
};
