import type { GradConfig, MirrorPadAttrs, Tensor } from '@tensorflow/tfjs-core';
import { add, MirrorPad, reshape, reverse, slice } from '@tensorflow/tfjs-core';
import { axisView, padAxis } from './axis-view.ts';
import { oneGradient } from './one-gradient.ts';

/**
 * Elements near an edge were copied beyond it, so they get the gradients of their mirror images too: the padding is
 * folded back, axis after axis. tfjs cuts it off.
 */
export const mirrorPadGradient: GradConfig = {
  kernelName: MirrorPad,
  inputsToSave: ['x'],
  gradFunc: (dys, saved, attributes) => {
    const [x] = saved as [Tensor];
    const { paddings, mode } = attributes as unknown as MirrorPadAttrs;
    // The edge itself is not repeated by `reflect`.
    const edge = mode === 'reflect' ? 1 : 0;
    return {
      x: () =>
        x.shape.reduce(
          (gradient, length, axis) => fold(gradient, axis, length, paddings[axis]!, edge),
          oneGradient(dys),
        ),
    };
  },
};

function fold(
  gradient: Tensor,
  axis: number,
  length: number,
  [before, behind]: [before: number, behind: number],
  edge: number,
): Tensor {
  if (before === 0 && behind === 0) return gradient;
  const view = axisView(gradient, axis);
  const [outer, , inner] = view.shape;
  const part = (start: number, size: number): Tensor => slice(view, [0, start, 0], [outer, size, inner]);
  const mirrored = (start: number, size: number, place: number): Tensor =>
    padAxis(reverse(part(start, size), 1), 1, place, length - place - size);
  let folded = part(before, length);
  if (before > 0) folded = add(folded, mirrored(0, before, edge));
  if (behind > 0) folded = add(folded, mirrored(before + length, behind, length - edge - behind));
  return reshape(folded, gradient.shape.with(axis, length));
}
