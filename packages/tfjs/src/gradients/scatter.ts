import type { GradConfig, SparseToDenseAttrs, Tensor } from '@tensorflow/tfjs-core';
import {
  GatherNd,
  gatherND,
  greater,
  onesLike,
  reshape,
  ScatterNd,
  scatterND,
  SparseToDense,
  sub,
  sum,
  TensorScatterUpdate,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/** Slices were copied out of a tensor; their gradients are added up where they came from. */
export const gatherNdGradient: GradConfig = {
  kernelName: GatherNd,
  inputsToSave: ['params', 'indices'],
  gradFunc: (dy, saved) => {
    const [parameters, indices] = saved as [Tensor, Tensor];
    return {
      params: () => scatterND(indices, oneGradient(dy), parameters.shape),
      indices: () => zeros(indices.shape),
    };
  },
};

/** Slices were added up in a tensor of zeros; each has the gradient of its place. */
export const scatterNdGradient: GradConfig = {
  kernelName: ScatterNd,
  inputsToSave: ['indices'],
  gradFunc: (dy, saved) => {
    const [indices] = saved as [Tensor];
    return {
      indices: () => zeros(indices.shape),
      updates: () => gatherND(oneGradient(dy), indices),
    };
  },
};

/** Slices of a tensor were overwritten: their gradient is the updates', and the old elements have none left. */
export const tensorScatterUpdateGradient: GradConfig = {
  kernelName: TensorScatterUpdate,
  inputsToSave: ['indices', 'updates'],
  gradFunc: (dys, saved) => {
    const dy = oneGradient(dys);
    const [indices, updates] = saved as [Tensor, Tensor];
    return {
      // tfjs's own `tensorScatterUpdate` is of no use here: on `cpu` it writes into its input.
      tensor: () => {
        const isOverwritten = greater(scatterND(indices, onesLike(updates), dy.shape), 0);
        return where(isOverwritten, zerosLike(dy), dy);
      },
      indices: () => zeros(indices.shape),
      updates: () => gatherND(dy, indices),
    };
  },
};

/** Each value has the gradient of its place, or of all places if there is one for all; the default has the rest. */
export const sparseToDenseGradient: GradConfig = {
  kernelName: SparseToDense,
  inputsToSave: ['sparseIndices', 'sparseValues'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys);
    const [indices, values] = saved as [Tensor, Tensor];
    const { outputShape } = attributes as unknown as SparseToDenseAttrs;
    const places = (): Tensor => {
      const rank = outputShape.length;
      return gatherND(dy, reshape(indices, [indices.size / rank, rank]));
    };
    return {
      sparseIndices: () => zeros(indices.shape),
      sparseValues: () => (values.rank === 0 ? sum(places()) : reshape(places(), values.shape)),
      defaultValue: () => sub(sum(dy), sum(places())),
    };
  },
};
