import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { cast, greater, greaterEqual, less, lessEqual, Maximum, Minimum, mul } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';
import { sumToShape } from './sum-to-shape.ts';

type Comparison = (a: Tensor, b: Tensor) => Tensor;

/**
 * The gradient goes to whichever operand was taken, to `a` where they are equal; broadcast operands get the sum over
 * their uses, which tfjs forgets.
 */
function extremeGradient(kernelName: string, takesA: Comparison, takesB: Comparison): GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dys, [a, b]) => {
      const dy = oneGradient(dys);
      const masked = (taken: Comparison): Tensor => mul(dy, cast(taken(a!, b!), 'float32'));
      return {
        a: () => sumToShape(masked(takesA), a!.shape),
        b: () => sumToShape(masked(takesB), b!.shape),
      };
    },
  };
}

/** `tf.maximum`. */
export const maximumGradient: GradConfig = extremeGradient(Maximum, greaterEqual, less);

/** `tf.minimum`. */
export const minimumGradient: GradConfig = extremeGradient(Minimum, lessEqual, greater);
