import type { GatherV2Attrs, Tensor } from '@tensorflow/tfjs-core';
import { add, range, reshape, transpose, util } from '@tensorflow/tfjs-core';

/** `tf.gather` seen as y[b, o, j, n] = x[b, o, i, n] with i = indices[b, j]. */
export interface GatherLayout {
  readonly batches: number;
  readonly outer: number;
  /** Elements of the axis that is gathered from. */
  readonly length: number;
  readonly inner: number;
  /** Indices in each batch. */
  readonly picked: number;
  /** The shape of y. */
  readonly shape: number[];
}

/** Works out the layout from what tfjs gives its kernel. */
export function gatherLayout(x: Tensor, indices: Tensor, { axis, batchDims }: GatherV2Attrs): GatherLayout {
  const [place] = util.parseAxisParam(axis, x.shape) as [number];
  const batchRank = batchDims < 0 ? batchDims + indices.rank : batchDims;
  const batches = util.sizeFromShape(x.shape.slice(0, batchRank));
  return {
    batches,
    outer: util.sizeFromShape(x.shape.slice(batchRank, place)),
    length: x.shape[place]!,
    inner: util.sizeFromShape(x.shape.slice(place + 1)),
    picked: util.sizeFromShape(indices.shape.slice(batchRank)),
    shape: [...x.shape.slice(0, place), ...indices.shape.slice(batchRank), ...x.shape.slice(place + 1)],
  };
}

/** Makes indices of different batches different. */
export function numberAll(indices: Tensor, length: number): Tensor {
  const [batches] = indices.shape as [number, number];
  if (batches === 1) return indices;
  return add(indices, reshape(range(0, batches * length, length, 'int32'), [batches, 1]));
}

/** Sees a tensor in four dimensions and exchanges the middle two. */
export function swapMiddle(tensor: Tensor, shape: [number, number, number, number]): Tensor {
  const view = reshape(tensor, shape);
  return shape[1] === 1 || shape[2] === 1 ? view : transpose(view, [0, 2, 1, 3]);
}
