import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import { add, matMul, reshape, tidy, zeros } from '@tensorflow/tfjs-core';
import { isPointwise, movePatches, patchSize, windowCount } from './patches.ts';
import { allocate, clear, heapOf, placeOf } from './wasm-kernel.ts';
import type { Windows } from './windows.ts';

/** Patches are laid out for a part of the windows at a time, for at most this many numbers (4 MiB). */
const numbersAtATime = 2 ** 20;

/**
 * The gradient of a convolution's filter.
 *
 * With P the matrix that has the numbers under one window in each row, the convolution is the product Y = P F, so
 * dF = P' dY.
 */
export function filterGradient(
  x: Tensor,
  dy: Tensor,
  windows: Windows,
  shape: number[],
  backend: KernelBackend,
): Tensor {
  const size = patchSize(windows);
  return tidy(() => {
    let total: Tensor | undefined;
    for (const range of parts(windows)) {
      const next = tidy(() => {
        const patches = isPointwise(windows) ? reshape(x, [-1, size]) : patchesOf(x, windows, range, backend);
        return matMul(patches, rowsOf(dy, windows.outChannels, range, backend), true);
      });
      const previous = total;
      total = previous === undefined ? next : add(previous, next);
      if (previous !== undefined) for (const done of [previous, next]) done.dispose();
    }
    // Without windows there is nothing to learn.
    return total === undefined ? zeros(shape) : reshape(total, shape);
  });
}

/**
 * The gradient of a convolution's input.
 *
 * Y = P F, so dP = dY F'; a number that is under several windows has the sum of what they say.
 */
export function inputGradient(
  dy: Tensor,
  filter: Tensor,
  windows: Windows,
  shape: number[],
  backend: KernelBackend,
): Tensor {
  const size = patchSize(windows);
  return tidy(() => {
    const weights = reshape(filter, [size, windows.outChannels]);
    if (isPointwise(windows)) {
      return reshape(matMul(reshape(dy, [-1, windows.outChannels]), weights, false, true), shape);
    }
    const gradient = allocate(backend, shape);
    clear(backend, gradient);
    for (const range of parts(windows)) {
      const rows = tidy(() => matMul(rowsOf(dy, windows.outChannels, range, backend), weights, false, true));
      movePatches(heapOf(backend), placeOf(backend, gradient), placeOf(backend, rows), windows, range, true);
      rows.dispose();
    }
    return gradient;
  });
}

/** Ranges of windows that are worked on at a time; all at once where there is nothing to lay out. */
function parts(windows: Windows): (readonly [from: number, to: number])[] {
  const count = windows.batch * windowCount(windows);
  const length = isPointwise(windows) ? count : Math.max(Math.floor(numbersAtATime / patchSize(windows)), 1);
  const ranges: (readonly [number, number])[] = [];
  for (let from = 0; from < count; from += length) ranges.push([from, Math.min(from + length, count)]);
  return ranges;
}

function patchesOf(
  x: Tensor,
  windows: Windows,
  range: readonly [from: number, to: number],
  backend: KernelBackend,
): Tensor {
  const patches = allocate(backend, [range[1] - range[0], patchSize(windows)]);
  movePatches(heapOf(backend), placeOf(backend, x), placeOf(backend, patches), windows, range, false);
  return patches;
}

/** Some rows of a tensor that is seen as a matrix. tfjs's `slice` would copy all of it. */
function rowsOf(
  tensor: Tensor,
  columns: number,
  [from, to]: readonly [from: number, to: number],
  backend: KernelBackend,
): Tensor {
  if ((to - from) * columns === tensor.size) return reshape(tensor, [to - from, columns]);
  const rows = allocate(backend, [to - from, columns]);
  const place = placeOf(backend, tensor);
  heapOf(backend).copyWithin(placeOf(backend, rows), place + from * columns, place + to * columns);
  return rows;
}
