import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { gather, SparseFillEmptyRows, sub, sum, zeros } from '@tensorflow/tfjs-core';

/** The values were copied to where the last output says; what else is in the list is the default. */
export const sparseFillEmptyRowsGradient: GradConfig = {
  kernelName: SparseFillEmptyRows,
  inputsToSave: ['indices', 'denseShape'],
  outputsToSave: [false, false, false, true],
  gradFunc: (dys, saved) => {
    const dy = (dys as Tensor[])[1]!;
    const [indices, denseShape, places] = saved as [Tensor, Tensor, Tensor];
    const values = (): Tensor => gather(dy, places);
    return {
      indices: () => zeros(indices.shape),
      denseShape: () => zeros(denseShape.shape),
      values,
      defaultValue: () => sub(sum(dy), sum(values())),
    };
  },
};
