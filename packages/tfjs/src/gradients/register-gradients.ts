import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  BatchMatMul,
  Cumprod,
  Cumsum,
  engine,
  FusedBatchNorm,
  getGradient,
  getKernel,
  getKernelsForBackend,
  registerGradient,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { assertGradientsRegistered } from '../backend/assert-gradients-registered.ts';
import { assertTfjsVersion } from '../tfjs-internals.ts';
import { registerWasmKernels } from '../wasm-kernels/register-wasm-kernels.ts';
import { allGradients } from './all-gradients.ts';
import { dropMissingInputs } from './drop-missing-inputs.ts';
import { pairBatches } from './pair-batches.ts';
import { steadyCumulation } from './steady-cumulation.ts';

/** Backends whose kernels have been looked after. */
const completed = new Set<string>();

/**
 * Makes tfjs differentiate what it can compute, on every backend that has been imported: registers gradients that
 * tfjs lacks or has wrong for some arguments, and kernels that gradients need on `wasm`.
 *
 * Lasts as long as the program; more calls do nothing, except for backends imported in between. Call it after
 * tfjs-layers has been imported, as that registers tfjs's own gradients.
 *
 * @throws UnavailableError when tfjs's own gradients are missing (@tensorflow/tfjs-core alone has none), or
 *   with a tfjs other than 4.22.0.
 * @example
 * import '@tensorflow/tfjs-layers';
 * import '@tensorflow/tfjs-backend-wasm';
 * registerGradients();
 * tf.grad((x) => tf.einsum('ij,ij->', x, x))(tf.ones([2, 3]));
 */
export function registerGradients(): void {
  assertTfjsVersion();
  assertGradientsRegistered();
  for (const gradient of allGradients) {
    if (getGradient(gradient.kernelName) !== gradient) registerGradient(gradient);
  }
  for (const backendName of Object.keys(engine().registryFactory)) {
    if (completed.has(backendName) || getKernelsForBackend(backendName).length === 0) continue;
    completed.add(backendName);
    if (backendName === 'wasm') registerWasmKernels();
    wrapKernel(FusedBatchNorm, backendName, dropMissingInputs);
    wrapKernel(BatchMatMul, backendName, pairBatches);
    wrapKernel(Cumprod, backendName, steadyCumulation);
    wrapKernel(Cumsum, backendName, steadyCumulation);
  }
}

function wrapKernel(name: string, backendName: string, wrap: (kernel: KernelConfig) => KernelConfig): void {
  const kernel = getKernel(name, backendName) as KernelConfig | undefined;
  if (kernel === undefined) return;
  unregisterKernel(name, backendName);
  registerKernel(wrap(kernel));
}
