import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';
import {
  cast,
  customGrad,
  equal,
  exp,
  expandDims,
  log,
  max,
  mul,
  range,
  softmax,
  sub,
  sum,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

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
    // Not a product with one-hot labels: classes that are ruled out have the logit -Infinity.
    const right = sum(where(isRight(labels, x), shifted, zerosLike(x)), -1);
    return {
      value: sub(log(sum(exp(shifted), -1)), right),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [kept, keptLabels] = saved as [Tensor, Tensor];
        const hot = cast(isRight(keptLabels, kept), 'float32');
        return mul(sub(softmax(kept), hot), expandDims(dy, -1));
      },
    };
  });
  return run(logits);
}

function isRight(labels: Tensor, logits: Tensor): Tensor {
  return equal(expandDims(labels, -1), range(0, logits.shape.at(-1)!, 1, 'int32'));
}
