import type { GradConfig } from '@tensorflow/tfjs-core';
import {
  Equal,
  FloorDiv,
  Greater,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalNot,
  LogicalOr,
  NotEqual,
  zeros,
} from '@tensorflow/tfjs-core';

/** A function of two tensors whose result stays the same when they move a little: both gradients are zero. */
function flatBinary(kernelName: string): GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (_dy, [a, b]) => ({ a: () => zeros(a!.shape), b: () => zeros(b!.shape) }),
  };
}

const logicalNot: GradConfig = {
  kernelName: LogicalNot,
  inputsToSave: ['x'],
  gradFunc: (_dy, [x]) => ({ x: () => zeros(x!.shape) }),
};

/**
 * Steps: comparisons, logic, and the whole part of a quotient (for which tfjs gives the gradient of the quotient).
 *
 * tfjs fails when the condition of `where`, or a mask, is computed from what is differentiated.
 */
export const flatGradients: readonly GradConfig[] = [
  flatBinary(Equal),
  flatBinary(FloorDiv),
  flatBinary(Greater),
  flatBinary(Less),
  flatBinary(LessEqual),
  flatBinary(LogicalAnd),
  flatBinary(LogicalOr),
  flatBinary(NotEqual),
  logicalNot,
];
