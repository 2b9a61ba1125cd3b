import { wasmSimdAvailable } from '@ds/kernels';
import { getGradient } from '@tensorflow/tfjs-core';
import { registerGradients } from '../gradients/register-gradients.ts';
import { registerTrainingKernels } from '../kernels/register-training-kernels.ts';

/**
 * Adds to a backend what training misses in it, as far as that is possible here: kernels need WebAssembly SIMD, and
 * gradients need those of tfjs beside them.
 *
 * `selectBackend` does this to the backend that it takes, and `initialize` of `@ds/deepspeed` to the current one. It may
 * be done again.
 *
 * @param name of the backend, for example `wasm`.
 *
 * @example
 * await tf.setBackend('wasm');
 * completeBackend('wasm');
 */
export function completeBackend(name: string): void {
  if (name === 'wasm' && wasmSimdAvailable()) registerTrainingKernels(name);
  if (getGradient('Sum') !== undefined) registerGradients();
}
