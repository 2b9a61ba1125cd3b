import { Tanh } from '@tensorflow/tfjs-core';
import { wasmAddress, wasmOutput } from '../tfjs-internals.ts';
import type { TrainingKernel, UnaryInputs } from './training-kernel.ts';

/** `tf.tanh`, four elements at a time, within three units in the last place. */
export const tanh: TrainingKernel<UnaryInputs, object> = {
  name: Tanh,
  run({ x }, _attributes, { backend, module }) {
    if (x.dtype !== 'float32') return undefined;
    const output = wasmOutput(backend, x.shape, 'float32');
    const size = x.shape.reduce((product, dimension) => product * dimension, 1);
    module.tanhAll(wasmAddress(backend, output), wasmAddress(backend, x), size);
    return output;
  },
};
