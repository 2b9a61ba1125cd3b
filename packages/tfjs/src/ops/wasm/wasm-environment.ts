import { createScratch, instantiateHeapModule, wasmSimdAvailable } from '@ds/kernels';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { KernelEnvironment } from '../../kernels/training-kernel.ts';
import { assertTfjsVersion, wasmFree, wasmMalloc, wasmMemory } from '../../tfjs-internals.ts';

const environments = new WeakMap<KernelBackend, KernelEnvironment | 'unavailable'>();

/** Our functions on the heap of tfjs's wasm backend; `undefined` without SIMD, or in a build that hides its memory. */
export function wasmEnvironment(backend: KernelBackend): KernelEnvironment | undefined {
  let environment = environments.get(backend);
  if (environment === undefined) {
    environment = createEnvironment(backend) ?? 'unavailable';
    environments.set(backend, environment);
  }
  return environment === 'unavailable' ? undefined : environment;
}

function createEnvironment(backend: KernelBackend): KernelEnvironment | undefined {
  const memory = wasmMemory(backend);
  if (memory === undefined || !wasmSimdAvailable()) return undefined;
  assertTfjsVersion();
  const scratch = createScratch({
    memory,
    allocate: (bytes) => wasmMalloc(backend, bytes),
    free: (address) => wasmFree(backend, address),
  });
  return { backend, module: instantiateHeapModule(memory), scratch };
}
