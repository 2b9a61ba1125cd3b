import type { Tensor } from '@tensorflow/tfjs-core';
import { zeros } from '@tensorflow/tfjs-core';
import { runOperation } from '../tfjs-internals.ts';

/**
 * An operation where there is nothing to compute, because a dimension is 0: its value does not depend on the inputs.
 *
 * tfjs's own operations fail on some such shapes, most of all on `webgpu`.
 */
export function emptyOperation(inputs: Readonly<Record<string, Tensor>>, value: () => Tensor): Tensor {
  return runOperation({
    inputs,
    forward: value,
    gradient: () =>
      Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, () => zeros(shape)])),
  });
}
