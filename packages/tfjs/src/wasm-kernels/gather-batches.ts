import type { GatherV2Attrs, Tensor } from '@tensorflow/tfjs-core';
import { gather, GatherV2, reshape, tidy, util } from '@tensorflow/tfjs-core';
import { gatherLayout, numberAll, swapMiddle } from '../gradients/gather-layout.ts';
import type { WasmKernel } from './wasm-kernel.ts';

/**
 * `tf.gather` with batch dimensions, as one without: indices of the n-th batch are moved to its rows.
 *
 * tfjs's own takes indices of the wrong batch where there are not as many as the axis is long.
 */
export const gatherBatches: WasmKernel<{ readonly x: Tensor; readonly indices: Tensor }, GatherV2Attrs> = {
  name: GatherV2,
  accepts: (_inputs, { batchDims }) => batchDims !== 0,
  run({ x, indices }, attributes) {
    const { batches, outer, length, inner, picked, shape } = gatherLayout(x, indices, attributes);
    for (const index of indices.dataSync()) {
      util.assert(
        index >= 0 && index < length,
        () => `GatherV2: the index value ${index} is not in [0, ${length - 1}]`,
      );
    }
    return tidy(() => {
      const rows = reshape(swapMiddle(x, [batches, outer, length, inner]), [batches * length, outer * inner]);
      const places = reshape(numberAll(reshape(indices, [batches, picked]), length), [batches * picked]);
      return reshape(swapMiddle(gather(rows, places), [batches, picked, outer, inner]), shape);
    });
  },
};
