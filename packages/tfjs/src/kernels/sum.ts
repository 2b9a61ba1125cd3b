import type { SumAttrs } from '@tensorflow/tfjs-core';
import { Sum, util } from '@tensorflow/tfjs-core';
import { wasmAddress, wasmOutput } from '../tfjs-internals.ts';
import type { TrainingKernel, UnaryInputs } from './training-kernel.ts';

/** `tf.sum` of float32 over axes that lie together: bias gradients, broadcast gradients, losses, norms. */
export const sum: TrainingKernel<UnaryInputs, SumAttrs> = {
  name: Sum,
  run({ x }, { axis, keepDims }, { backend, module }) {
    const axes = new Set(util.parseAxisParam(axis, x.shape));
    const view = threeAxes(x.shape, axes);
    if (x.dtype !== 'float32' || view === undefined) return undefined;
    const shape = x.shape.flatMap((size, index) => (axes.has(index) ? (keepDims ? [1] : []) : [size]));
    const output = wasmOutput(backend, shape, 'float32');
    module.sumMiddle(wasmAddress(backend, output), wasmAddress(backend, x), ...view);
    return output;
  },
};

/**
 * Sees an array as outer x middle x inner with only the middle summed over; `undefined` where kept axes lie between
 * the summed ones. An empty array (on which tfjs's own kernel may crash) is sums of nothing.
 */
function threeAxes(
  shape: readonly number[],
  axes: ReadonlySet<number>,
): [outer: number, middle: number, inner: number] | undefined {
  if (shape.includes(0)) {
    const kept = shape.filter((_, axis) => !axes.has(axis));
    return [kept.reduce((product, size) => product * size, 1), 0, 1];
  }
  const sizes: [number, number, number] = [1, 1, 1];
  let part = 0;
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    const summed = axes.has(axis);
    if (summed && part === 0) part = 1;
    if (!summed && part === 1) part = 2;
    if (summed && part === 2) return undefined;
    sizes[part]! *= size;
  }
  return sizes;
}
