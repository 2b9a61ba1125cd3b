import type { Windows } from './windows.ts';

/** Numbers under a window: filter elements times channels. */
export function patchSize({ filter, inChannels }: Windows): number {
  return filter[0] * filter[1] * filter[2] * inChannels;
}

/** Windows of one image. */
export function windowCount({ output }: Windows): number {
  return output[0] * output[1] * output[2];
}

/** Tells whether the windows are the pixels themselves, in order. */
export function isPointwise({ filter, stride, before, input, output }: Windows): boolean {
  return [0, 1, 2].every(
    (axis) => filter[axis] === 1 && stride[axis] === 1 && before[axis] === 0 && input[axis] === output[axis],
  );
}

/**
 * Copies what lies under windows `from` to `to` (counted through all images) into rows of a matrix, or, with
 * `addBack`, adds such rows to what lies there: the two are each other's transposes.
 *
 * Both matrices are places in one heap. What lies outside an image is zero.
 */
export function movePatches(
  heap: Float32Array,
  images: number,
  rows: number,
  windows: Windows,
  [from, to]: readonly [from: number, to: number],
  addBack: boolean,
): void {
  const { input, output, filter, stride, dilation, before, inChannels } = windows;
  // Without dilation, the elements of one row of a window lie side by side.
  const [runs, pixels] = dilation[2] === 1 ? [1, filter[2]] : [filter[2], 1];
  let place = rows;
  for (let index = from; index < to; index++) {
    const w = index % output[2];
    const h = Math.floor(index / output[2]) % output[1];
    const d = Math.floor(index / (output[2] * output[1])) % output[0];
    const image = Math.floor(index / (output[2] * output[1] * output[0]));
    for (let kd = 0; kd < filter[0]; kd++) {
      const depth = d * stride[0] - before[0] + kd * dilation[0];
      for (let kh = 0; kh < filter[1]; kh++) {
        const row = h * stride[1] - before[1] + kh * dilation[1];
        const isOutside = depth < 0 || depth >= input[0] || row < 0 || row >= input[1];
        const line = ((image * input[0] + depth) * input[1] + row) * input[2];
        for (let run = 0; run < runs; run++) {
          const column = w * stride[2] - before[2] + run * dilation[2];
          const first = isOutside ? pixels : Math.min(Math.max(-column, 0), pixels);
          const last = isOutside ? pixels : Math.max(Math.min(input[2] - column, pixels), first);
          const source = images + (line + column + first) * inChannels;
          const target = place + first * inChannels;
          const length = (last - first) * inChannels;
          if (addBack) {
            for (let i = 0; i < length; i++) heap[source + i]! += heap[target + i]!;
          } else {
            heap.fill(0, place, target);
            copy(heap, target, source, length);
            heap.fill(0, target + length, place + pixels * inChannels);
          }
          place += pixels * inChannels;
        }
      }
    }
  }
}

/** Short copies are faster in a loop. */
function copy(heap: Float32Array, target: number, source: number, length: number): void {
  if (length > 48) heap.copyWithin(target, source, source + length);
  else for (let i = 0; i < length; i++) heap[target + i] = heap[source + i]!;
}
