import type { Tensor3D, Tensor } from '@tensorflow/tfjs-core';
import { pad, reshape, util } from '@tensorflow/tfjs-core';

/**
 * Sees a tensor in three dimensions, the middle one being `axis`.
 *
 * What works axis by axis on three dimensions works for any rank; tfjs's kernels for `webgpu` and `wasm` do not.
 */
export function axisView(tensor: Tensor, axis: number): Tensor3D {
  const { shape } = tensor;
  const outer = util.sizeFromShape(shape.slice(0, axis));
  return reshape(tensor, [outer, shape[axis]!, util.sizeFromShape(shape.slice(axis + 1))]);
}

/** Adds zeros before and behind a tensor along one axis. */
export function padAxis(tensor: Tensor, axis: number, before: number, behind: number): Tensor {
  if (before === 0 && behind === 0) return tensor;
  const padded = pad(axisView(tensor, axis), [
    [0, 0],
    [before, behind],
    [0, 0],
  ]);
  return reshape(padded, tensor.shape.with(axis, tensor.shape[axis]! + before + behind));
}
