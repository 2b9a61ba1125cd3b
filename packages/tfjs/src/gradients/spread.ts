import type { Tensor } from '@tensorflow/tfjs-core';
import { pad, reshape, reverse, slice } from '@tensorflow/tfjs-core';
import { axisView, padAxis } from './axis-view.ts';

/** Elements of an axis that are taken: `first`, `first + stride`, ..., `count` of them. */
export interface Selection {
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  /** All elements of the axis, taken or not. */
  readonly length: number;
}

/** Puts the elements of an axis where they were taken, and zeros around them. */
export function spread(tensor: Tensor, axis: number, selection: Selection): Tensor {
  const { first, stride, count, length } = selection;
  if (stride < 0) {
    const reversed = reshape(reverse(axisView(tensor, axis), 1), tensor.shape);
    return spread(reversed, axis, { first: first + (count - 1) * stride, stride: -stride, count, length });
  }
  const reach = (count - 1) * stride + 1;
  const apart = stride === 1 || count === 1 ? tensor : insertZeros(tensor, axis, selection);
  return padAxis(apart, axis, first, length - first - reach);
}

/** Puts `stride - 1` zeros between neighbours. */
function insertZeros(tensor: Tensor, axis: number, { stride, count }: Selection): Tensor {
  const reach = (count - 1) * stride + 1;
  const [outer, , inner] = axisView(tensor, axis).shape;
  const padded = pad(reshape(tensor, [outer * count, 1, inner]), [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ]);
  const cut = slice(reshape(padded, [outer, count * stride, inner]), [0, 0, 0], [outer, reach, inner]);
  return reshape(cut, tensor.shape.with(axis, reach));
}

/** Takes elements of an axis, from the first to the last: the reverse of `spread`. */
export function pick(tensor: Tensor, axis: number, { stride, count }: Selection): Tensor {
  const [outer, , inner] = axisView(tensor, axis).shape;
  const filled = axisView(padAxis(tensor, axis, 0, stride - 1), axis);
  const groups = reshape(filled, [outer * count, stride, inner]);
  const taken = slice(groups, [0, 0, 0], [outer * count, 1, inner]);
  return reshape(taken, tensor.shape.with(axis, count));
}
