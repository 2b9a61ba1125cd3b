import type { backend_util } from '@tensorflow/tfjs-core';

type Convolution2dInfo = ReturnType<typeof backend_util.computeConv2DInfo>;
type Convolution3dInfo = ReturnType<typeof backend_util.computeConv3DInfo>;

/** Depth, height and width. */
type Triple = readonly [depth: number, height: number, width: number];

/** How windows of a filter lie on images with three dimensions and channels; plain images have a depth of 1. */
export interface Windows {
  readonly batch: number;
  readonly input: Triple;
  readonly output: Triple;
  readonly filter: Triple;
  readonly stride: Triple;
  readonly dilation: Triple;
  /** Padding in front of the first element. */
  readonly before: Triple;
  readonly inChannels: number;
  readonly outChannels: number;
}

/** Windows on plain images. */
export function windows2d(info: Convolution2dInfo): Windows {
  return {
    batch: info.batchSize,
    input: [1, info.inHeight, info.inWidth],
    output: [1, info.outHeight, info.outWidth],
    filter: [1, info.filterHeight, info.filterWidth],
    stride: [1, info.strideHeight, info.strideWidth],
    dilation: [1, info.dilationHeight, info.dilationWidth],
    before: [0, info.padInfo.top, info.padInfo.left],
    inChannels: info.inChannels,
    outChannels: info.outChannels,
  };
}

/** Windows on images with depth. */
export function windows3d(info: Convolution3dInfo): Windows {
  return {
    batch: info.batchSize,
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    filter: [info.filterDepth, info.filterHeight, info.filterWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilation: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    inChannels: info.inChannels,
    outChannels: info.outChannels,
  };
}

/**
 * Visits every window, in the order of the output, and in each the elements that lie inside the image.
 *
 * @param visit gets the number of the output, of the pixel (through all images) and of the window's element.
 * @param leave called after the last element of each window.
 */
export function visitWindows(
  windows: Windows,
  visit: (output: number, pixel: number, element: number) => void,
  leave?: (output: number) => void,
): void {
  const { batch, input, output, filter, stride, dilation, before } = windows;
  const row = filter[2];
  let position = 0;
  for (let image = 0; image < batch; image++) {
    for (let d = 0; d < output[0]; d++) {
      for (let h = 0; h < output[1]; h++) {
        for (let w = 0; w < output[2]; w++) {
          for (let kd = 0; kd < filter[0]; kd++) {
            const z = d * stride[0] - before[0] + kd * dilation[0];
            if (z < 0 || z >= input[0]) continue;
            for (let kh = 0; kh < filter[1]; kh++) {
              const y = h * stride[1] - before[1] + kh * dilation[1];
              if (y < 0 || y >= input[1]) continue;
              const line = ((image * input[0] + z) * input[1] + y) * input[2];
              const element = (kd * filter[1] + kh) * row;
              for (let kw = 0; kw < row; kw++) {
                const x = w * stride[2] - before[2] + kw * dilation[2];
                if (x >= 0 && x < input[2]) visit(position, line + x, element + kw);
              }
            }
          }
          leave?.(position);
          position++;
        }
      }
    }
  }
}
