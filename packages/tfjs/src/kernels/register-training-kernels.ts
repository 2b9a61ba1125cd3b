import type { HeapModuleOptions } from '@ds/kernels';
import { instantiateHeapModule, relaxedSimdAvailable, wasmSimdAvailable } from '@ds/kernels';
import { InvalidStateError, UnavailableError } from '@ds/tensor';
import type { KernelBackend, KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import {
  backend as activeBackend,
  getBackend,
  getKernel,
  getKernelsForBackend,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { assertTfjsVersion } from '../tfjs-internals.ts';
import { batchMatMul } from './batch-mat-mul.ts';
import { fusedMatMul } from './fused-mat-mul.ts';
import { identity } from './identity.ts';
import { pow } from './pow.ts';
import { sum } from './sum.ts';
import { tanh } from './tanh.ts';
import type { AnyTrainingKernel, KernelEnvironment } from './training-kernel.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';
import { wasmEnvironment } from './wasm-environment.ts';

/** Kernels that are registered now. */
export interface TrainingKernels {
  /** tfjs's names of the kernels. */
  readonly names: readonly string[];
  /** Whether products are rounded once for a multiplication and an addition. */
  readonly relaxedSimd: boolean;
  /** Puts tfjs's own kernels back and frees scratch memory. */
  dispose(): void;
}

const trainingKernels: readonly AnyTrainingKernel[] = [
  batchMatMul,
  fusedMatMul,
  unsortedSegmentSum,
  sum,
  tanh,
  pow,
  identity,
];

const registered = new Map<string, TrainingKernels>();

/**
 * Makes tfjs's `wasm` backend train faster: matrix products, whose gradients tfjs computes on a scalar path, sums,
 * `tanh` and whole powers run in WebAssembly SIMD inside tfjs's own heap, and `tf.gather` gets the gradient that
 * it lacks there. `tf.clone` shares memory as on other backends instead of copying it. Nothing else in the program changes; other data types and cases still go to tfjs's kernels.
 *
 * May be called before or after the backend starts, and again: the second call returns what the first did, whatever
 * its options.
 *
 * @throws UnavailableError without WebAssembly SIMD (tfjs goes on as it was), relaxed SIMD where it is asked for, or
 *   with a tfjs other than 4.22.0.
 * @throws InvalidStateError when the backend has not been imported.
 * @example
 * import '@tensorflow/tfjs-backend-wasm';
 * registerTrainingKernels();
 * await tf.setBackend('wasm');
 */
export function registerTrainingKernels(
  backendName = 'wasm',
  { relaxedSimd = relaxedSimdAvailable() }: HeapModuleOptions = {},
): TrainingKernels {
  const existing = registered.get(backendName);
  if (existing !== undefined) return existing;
  assertCanRegister(backendName, relaxedSimd);
  // Compiled here, and not when a product is first asked for, so that what is missing shows here.
  instantiateHeapModule(new WebAssembly.Memory({ initial: 1 }), { relaxedSimd });

  let current: KernelEnvironment | undefined;
  const environment = (backend: KernelBackend): KernelEnvironment => {
    current = environmentOf(backend, backendName, relaxedSimd);
    return current;
  };
  const restores = trainingKernels.map((kernel) => replaceKernel(backendName, kernel, environment));
  const kernels: TrainingKernels = {
    names: trainingKernels.map(({ name }) => name),
    relaxedSimd,
    dispose() {
      if (registered.get(backendName) !== kernels) return;
      registered.delete(backendName);
      for (const restore of restores) restore();
      current?.scratch.dispose();
    },
  };
  registered.set(backendName, kernels);
  return kernels;
}

function assertCanRegister(backendName: string, relaxedSimd: boolean): void {
  assertTfjsVersion();
  if (!wasmSimdAvailable()) {
    throw new UnavailableError(
      'Training kernels need WebAssembly with 128-bit SIMD, which this environment does not have. ' +
        "Leave them out: tfjs's own kernels go on working.",
    );
  }
  if (getKernelsForBackend(backendName).length === 0) {
    throw new InvalidStateError(
      `No kernels are registered for the backend "${backendName}". Import '@tensorflow/tfjs-backend-wasm' first.`,
    );
  }
  if (getBackend() === backendName) environmentOf(activeBackend(), backendName, relaxedSimd);
}

function environmentOf(backend: KernelBackend, backendName: string, relaxedSimd: boolean): KernelEnvironment {
  const environment = wasmEnvironment(backend, relaxedSimd);
  if (environment === undefined) {
    throw new UnavailableError(
      `The backend "${backendName}" shows no WebAssembly memory: training kernels are for ` +
        "tfjs's wasm backend.",
    );
  }
  return environment;
}

/** Puts a kernel in the place of tfjs's; returns a function that puts tfjs's back. */
function replaceKernel(
  backendName: string,
  kernel: AnyTrainingKernel,
  environment: (backend: KernelBackend) => KernelEnvironment,
): () => void {
  const kernelName = kernel.name;
  const stock = getKernel(kernelName, backendName) as KernelConfig | undefined;
  const kernelFunc: KernelFunc = (parameters) => {
    const { inputs, attrs, backend } = parameters;
    const output = kernel.run(inputs, attrs, environment(backend as KernelBackend));
    return output ?? stock!.kernelFunc(parameters);
  };
  if (stock !== undefined) unregisterKernel(kernelName, backendName);
  // tfjs's own kernel stays in use for other cases, so it keeps being set up with the backend.
  registerKernel({ ...stock, kernelName, backendName, kernelFunc });
  return () => {
    unregisterKernel(kernelName, backendName);
    if (stock !== undefined) registerKernel(stock);
  };
}
