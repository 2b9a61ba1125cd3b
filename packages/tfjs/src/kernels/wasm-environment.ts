import { createScratch, instantiateHeapModule, relaxedSimdAvailable, wasmSimdAvailable } from '@ds/kernels';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { assertTfjsVersion, wasmFree, wasmMalloc, wasmMemory } from '../tfjs-internals.ts';
import type { KernelEnvironment } from './training-kernel.ts';

interface Entry {
  readonly environment: KernelEnvironment;
  readonly relaxedSimd: boolean;
}

// By backend: one that is removed and started again is another, with another heap.
const entries = new WeakMap<KernelBackend, Entry | 'unavailable'>();

/**
 * Our functions in the heap of tfjs's wasm backend, with one scratch memory for all that use them; `undefined` without
 * SIMD, or in a build that hides its memory.
 *
 * @param relaxedSimd default: as it was asked for last, or else where the environment has it.
 */
export function wasmEnvironment(
  backend: KernelBackend,
  relaxedSimd?: boolean,
): KernelEnvironment | undefined {
  const known = entries.get(backend);
  if (known === 'unavailable') return undefined;
  if (known !== undefined && (relaxedSimd ?? known.relaxedSimd) === known.relaxedSimd)
    return known.environment;
  known?.environment.scratch.dispose();
  const entry = createEntry(backend, relaxedSimd ?? relaxedSimdAvailable());
  entries.set(backend, entry);
  return entry === 'unavailable' ? undefined : entry.environment;
}

function createEntry(backend: KernelBackend, relaxedSimd: boolean): Entry | 'unavailable' {
  const memory = wasmMemory(backend);
  if (memory === undefined || !wasmSimdAvailable()) return 'unavailable';
  assertTfjsVersion();
  const scratch = createScratch({
    memory,
    allocate: (bytes) => wasmMalloc(backend, bytes),
    free: (address) => wasmFree(backend, address),
  });
  const module = instantiateHeapModule(memory, { relaxedSimd });
  return { environment: { backend, module, scratch }, relaxedSimd };
}
