import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import {
  div,
  expandDims,
  gather,
  ones,
  scatterND,
  SparseSegmentMean,
  SparseSegmentSum,
  zeros,
} from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/**
 * y_s is the sum (or mean) of the rows x_i, i = indices[k], over all k with segmentIds[k] = s. So dx_i is the sum over
 * all k with indices[k] = i of dy_s, divided by the number of rows in the segment for a mean.
 */
function segmentGradient(kernelName: string, isMean: boolean): GradConfig {
  return {
    kernelName,
    inputsToSave: ['data', 'indices', 'segmentIds'],
    gradFunc: (dys, saved) => {
      const dy = oneGradient(dys);
      const [data, indices, segmentIds] = saved as [Tensor, Tensor, Tensor];
      return {
        data: () => {
          const rows = gather(dy, segmentIds);
          const shares = isMean ? div(rows, countsOf(segmentIds, dy)) : rows;
          return scatterND(expandDims(indices, 1), shares, data.shape);
        },
        indices: () => zeros(indices.shape),
        segmentIds: () => zeros(segmentIds.shape),
      };
    },
  };
}

/** For each row that went in, how many went into the same segment. */
function countsOf(segmentIds: Tensor, dy: Tensor): Tensor {
  const [segments, ...row] = dy.shape as [number, ...number[]];
  const single = row.map(() => 1);
  const each = ones([segmentIds.size, ...single]);
  const counts = scatterND(expandDims(segmentIds, 1), each, [segments, ...single]);
  return gather(counts, segmentIds);
}

/** `tf.sparse.sparseSegmentSum`. */
export const sparseSegmentSumGradient: GradConfig = segmentGradient(SparseSegmentSum, false);

/** `tf.sparse.sparseSegmentMean`. */
export const sparseSegmentMeanGradient: GradConfig = segmentGradient(SparseSegmentMean, true);
