import type { Tensor } from '@tensorflow/tfjs-core';
import { InvalidStateError } from '@ds/tensor';

/**
 * Disposes a tensor of a recording, so that whoever uses it later is told why it is gone.
 *
 * tfjs itself says "Cannot read properties of undefined" then: it looks the numbers up by `dataId` without a check.
 */
export function release(tensor: Tensor): void {
  if (tensor.isDisposed) return;
  tensor.dispose();
  Object.defineProperties(tensor, {
    dataId: { get: explain, configurable: true },
    throwIfDisposed: { value: explain, configurable: true },
  });
}

function explain(): never {
  throw new InvalidStateError(
    `This tensor belongs to a forward() that is over, and is disposed. ${oneForwardOneBackward} Use tf.keep ` +
      `for what else must stay.`,
  );
}

/** What to know when a second forward came too early. */
export const oneForwardOneBackward: string =
  'One forward() is good for one backward(), and a second forward() of the same model replaces the first: its output ' +
  'and loss are readable until then. For several inputs in one loss run one forward() over all of them, for example ' +
  'over tf.concat(inputs) and then tf.split; otherwise call backward() after each forward().';
