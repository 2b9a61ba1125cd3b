import type { GradConfig } from '@tensorflow/tfjs-core';
import { mul, SquaredDifference, sub } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';
import { sumToShape } from './sum-to-shape.ts';

/** y = (a - b)^2, so da = 2 (a - b) dy and db = -da; broadcast operands get the sum, which tfjs forgets. */
export const squaredDifferenceGradient: GradConfig = {
  kernelName: SquaredDifference,
  inputsToSave: ['a', 'b'],
  gradFunc: (dys, [a, b]) => {
    const dy = oneGradient(dys);
    return {
      a: () => sumToShape(mul(dy, mul(sub(a!, b!), 2)), a!.shape),
      b: () => sumToShape(mul(dy, mul(sub(b!, a!), 2)), b!.shape),
    };
  },
};
