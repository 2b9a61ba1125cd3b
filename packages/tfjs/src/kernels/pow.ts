import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Pow } from '@tensorflow/tfjs-core';
import { wasmAddress, wasmBuffer, wasmOutput } from '../tfjs-internals.ts';
import type { TrainingKernel } from './training-kernel.ts';

interface PowInputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/** `tf.pow` with one exponent that is 2, 3 or 4, by multiplication; tfjs's own takes logarithms. */
export const pow: TrainingKernel<PowInputs, object> = {
  name: Pow,
  run({ a, b }, _attributes, { backend, module }) {
    const single = b.shape.length <= a.shape.length && b.shape.every((dimension) => dimension === 1);
    if (a.dtype !== 'float32' || b.dtype !== 'float32' || !single) return undefined;
    const exponent = new Float32Array(wasmBuffer(backend), wasmAddress(backend, b), 1)[0]!;
    if (exponent !== 2 && exponent !== 3 && exponent !== 4) return undefined;
    const output = wasmOutput(backend, a.shape, 'float32');
    const size = a.shape.reduce((product, dimension) => product * dimension, 1);
    module.powerAll(wasmAddress(backend, output), wasmAddress(backend, a), size, exponent);
    return output;
  },
};
