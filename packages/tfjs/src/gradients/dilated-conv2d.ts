import type { backend_util, Tensor4D } from '@tensorflow/tfjs-core';
import { batchToSpaceND, spaceToBatchND } from '@tensorflow/tfjs-core';

/** What tfjs works out about a convolution. */
export type Convolution2dInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/** Ways between the images of a dilated convolution and those of an ordinary one. */
export interface Undilated {
  readonly splitInput: (images: Tensor4D) => Tensor4D;
  readonly splitOutput: (output: Tensor4D) => Tensor4D;
  /** The reverse of `splitInput`. */
  readonly joinInput: (images: Tensor4D) => Tensor4D;
}

/**
 * Sees a dilated convolution of stride 1 as an ordinary one, without padding, on more and smaller images.
 *
 * Output o takes inputs o + k d of a padded image, k counting the filter's elements. With o = q d + r these are
 * (q + k) d + r: all have one remainder r. So the d x d images that consist of every d-th pixel are convolved without
 * dilation; `tf.spaceToBatchND` makes them.
 */
export function undilate(info: Convolution2dInfo): Undilated {
  const { dilationHeight, dilationWidth, padInfo } = info;
  const block = [dilationHeight, dilationWidth];
  const rows = Math.ceil(info.outHeight / dilationHeight);
  const columns = Math.ceil(info.outWidth / dilationWidth);
  const height = (rows + info.filterHeight - 1) * dilationHeight;
  const width = (columns + info.filterWidth - 1) * dilationWidth;
  const paddings = [
    [padInfo.top, height - padInfo.top - info.inHeight],
    [padInfo.left, width - padInfo.left - info.inWidth],
  ];
  const outputPaddings = [
    [0, rows * dilationHeight - info.outHeight],
    [0, columns * dilationWidth - info.outWidth],
  ];
  return {
    splitInput: (images) => spaceToBatchND(images, block, paddings),
    splitOutput: (output) => spaceToBatchND(output, block, outputPaddings),
    joinInput: (images) => batchToSpaceND(images, block, paddings),
  };
}
