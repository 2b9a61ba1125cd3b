import type { GradConfig } from '@tensorflow/tfjs-core';
import { averagePool3dGradient, averagePoolGradient } from './average-pool.ts';
import { batchNormGradient } from './batch-norm.ts';
import { castGradient } from './cast.ts';
import { conv2dGradient } from './conv2d.ts';
import { conv3dGradient, conv3dTransposeGradient } from './conv3d.ts';
import { bincountGradient, denseBincountGradient } from './counts.ts';
import { cropAndResizeGradient } from './crop-and-resize.ts';
import { cumprodGradient } from './cumprod.ts';
import { cumsumGradient } from './cumsum.ts';
import { depthwiseConv2dGradient } from './depthwise-conv2d.ts';
import { einsumGradient } from './einsum.ts';
import { maximumGradient, minimumGradient } from './extremes.ts';
import { flatGradients } from './flat.ts';
import { gatherGradient } from './gather.ts';
import { matMulGradient } from './mat-mul.ts';
import { maxPoolWithArgmaxGradient } from './max-pool-with-argmax.ts';
import { mirrorPadGradient } from './mirror-pad.ts';
import { splitGradient, unstackGradient } from './pieces.ts';
import { prodGradient } from './prod.ts';
import { depthToSpaceGradient, diagGradient, flipLeftRightGradient } from './rearrangements.ts';
import { resizeBilinearGradient, resizeNearestNeighborGradient } from './resize.ts';
import { rotateGradient } from './rotate.ts';
import {
  gatherNdGradient,
  scatterNdGradient,
  sparseToDenseGradient,
  tensorScatterUpdateGradient,
} from './scatter.ts';
import { sliceGradient } from './slice.ts';
import { sparseSegmentMeanGradient, sparseSegmentSumGradient } from './sparse-segments.ts';
import { sparseFillEmptyRowsGradient } from './sparse-fill.ts';
import { squaredDifferenceGradient } from './squared-difference.ts';
import { stridedSliceGradient } from './strided-slice.ts';
import { tileGradient } from './tile.ts';
import { topkGradient } from './topk.ts';
import { transformGradient } from './transform.ts';

/** Gradients that tfjs lacks, or gets wrong for some arguments. */
export const allGradients: readonly GradConfig[] = [
  ...flatGradients,
  averagePool3dGradient,
  averagePoolGradient,
  batchNormGradient,
  bincountGradient,
  castGradient,
  conv2dGradient,
  conv3dGradient,
  conv3dTransposeGradient,
  cropAndResizeGradient,
  cumprodGradient,
  cumsumGradient,
  denseBincountGradient,
  depthToSpaceGradient,
  depthwiseConv2dGradient,
  diagGradient,
  einsumGradient,
  flipLeftRightGradient,
  gatherGradient,
  gatherNdGradient,
  matMulGradient,
  maxPoolWithArgmaxGradient,
  maximumGradient,
  minimumGradient,
  mirrorPadGradient,
  prodGradient,
  resizeBilinearGradient,
  resizeNearestNeighborGradient,
  rotateGradient,
  scatterNdGradient,
  sliceGradient,
  sparseFillEmptyRowsGradient,
  sparseSegmentMeanGradient,
  sparseSegmentSumGradient,
  sparseToDenseGradient,
  splitGradient,
  squaredDifferenceGradient,
  stridedSliceGradient,
  tensorScatterUpdateGradient,
  tileGradient,
  topkGradient,
  transformGradient,
  unstackGradient,
];
