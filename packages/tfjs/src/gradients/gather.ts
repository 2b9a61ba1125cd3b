import type { GatherV2Attrs, GradConfig, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { GatherV2, reshape, unsortedSegmentSum, zeros } from '@tensorflow/tfjs-core';
import { gatherLayout, numberAll, swapMiddle } from './gather-layout.ts';
import { oneGradient } from './one-gradient.ts';

/**
 * y[b, o, j, n] = x[b, o, i, n] with i = indices[b, j]: so dx[b, o, i, n] is the sum of dy over all j with that i.
 *
 * Numbering the pairs (b, i) makes it one segment sum for all batches. tfjs knows at most one batch dimension, and
 * that only where chained operations have been imported; it also gives the indices a gradient of integers, which its
 * tape rejects when they were computed from x.
 */
export const gatherGradient: GradConfig = {
  kernelName: GatherV2,
  inputsToSave: ['x', 'indices'],
  gradFunc: (dys, saved, attributes) => {
    const [x, indices] = saved as [Tensor, Tensor];
    const layout = gatherLayout(x, indices, attributes as unknown as GatherV2Attrs);
    const { batches, outer, length, inner, picked } = layout;
    return {
      x: () => {
        if (x.size === 0 || indices.size === 0) return zeros(x.shape);
        const slices = swapMiddle(oneGradient(dys), [batches, outer, picked, inner]);
        const ids: Tensor1D = reshape(numberAll(reshape(indices, [batches, picked]), length), [
          batches * picked,
        ]);
        const rows = reshape(slices, [batches * picked, outer * inner]);
        const sums = unsortedSegmentSum(rows, ids, batches * length);
        return reshape(swapMiddle(sums, [batches, length, outer, inner]), x.shape);
      },
      indices: () => zeros(indices.shape),
    };
  },
};
