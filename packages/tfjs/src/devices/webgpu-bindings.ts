import type { Tensor } from '@tensorflow/tfjs-core';
import type { TensorRange } from './storage.ts';

/** A piece of a tensor's buffer as WebGPU can bind it. */
export interface RangeBinding {
  readonly tensor: Tensor;
  /** First byte of the binding. */
  readonly offset: number;
  readonly size: number;
  /** First element of the range, counted from the binding's beginning. */
  readonly start: number;
}

/**
 * Finds the bindings for the ranges of one dispatch.
 *
 * Every slot is bound for reading and writing, so bindings of one buffer must not overlap; and a binding begins at
 * a multiple of `alignment` bytes, so ranges that do not overlap may still have bindings that do. Such a range
 * comes back `undefined`: it has to be copied elsewhere.
 */
export function bindRanges(
  ranges: readonly { readonly range: TensorRange; readonly length: number }[],
  alignment: number,
  bufferOf: (tensor: Tensor) => GPUBuffer,
): (RangeBinding | undefined)[] {
  const taken: { buffer: GPUBuffer; offset: number; end: number }[] = [];
  return ranges.map(({ range: { tensor, start }, length }) => {
    const buffer = bufferOf(tensor);
    const offset = Math.floor((4 * start) / alignment) * alignment;
    const end = 4 * (start + length);
    if (taken.some((other) => other.buffer === buffer && offset < other.end && other.offset < end)) {
      return undefined;
    }
    taken.push({ buffer, offset, end });
    return { tensor, offset, size: end - offset, start: start - offset / 4 };
  });
}
