import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';
import { customGrad, exp, expandDims, log, max, mul, oneHot, softmax, sub, sum } from '@tensorflow/tfjs-core';

/**
 * A loss for each label in tfjs's operations.
 *
 * Its gradient is written out, so that the one-hot labels which tfjs needs live only while one direction runs.
 */
export function composedCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const run = customGrad((...operands) => {
    const [x, save] = operands as unknown as [Tensor, GradSaveFunc];
    save([x, labels]);
    const shifted = sub(x, max(x, -1, true));
    return {
      value: sub(log(sum(exp(shifted), -1)), sum(mul(shifted, hot(labels, x)), -1)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [kept, keptLabels] = saved as [Tensor, Tensor];
        return mul(sub(softmax(kept), hot(keptLabels, kept)), expandDims(dy, -1));
      },
    };
  });
  return run(logits);
}

function hot(labels: Tensor, logits: Tensor): Tensor {
  return oneHot(labels, logits.shape.at(-1)!);
}
