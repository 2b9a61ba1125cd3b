import type { CastAttrs, GradConfig } from '@tensorflow/tfjs-core';
import { Cast, clone, zerosLike } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';

/** A float cut off to an integer or a boolean is a step: gradient 0, where tfjs passes the output's through. */
export const castGradient: GradConfig = {
  kernelName: Cast,
  gradFunc: (dys, _saved, attributes) => {
    const dy = oneGradient(dys);
    const { dtype } = attributes as unknown as CastAttrs;
    return { x: () => (dtype === 'int32' || dtype === 'bool' ? zerosLike(dy) : clone(dy)) };
  },
};
