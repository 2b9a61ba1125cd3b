import type { KernelConfig } from '@tensorflow/tfjs-core';

/**
 * Makes a kernel that takes missing inputs out of the list it is given.
 *
 * tfjs puts that list on its tape, and its walk along the tape fails on an input that is `undefined`, as scale and
 * offset of `tf.batchNorm` may be.
 */
export function dropMissingInputs(kernel: KernelConfig): KernelConfig {
  return {
    ...kernel,
    kernelFunc(parameters) {
      const { inputs } = parameters;
      for (const name of Object.keys(inputs)) {
        if ((inputs[name] ?? undefined) === undefined) delete inputs[name];
      }
      return kernel.kernelFunc(parameters);
    },
  };
}
