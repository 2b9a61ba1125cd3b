// Runs in a page: tries the devices there, and tells the test how it went.
import { selectBackend } from '@ds/tfjs';
import { deviceConformance } from '@ds/tensor/testing';
import { backend as currentBackend, memory } from '@tensorflow/tfjs-core';
import { wasmMemory } from '../../src/tfjs-internals.ts';

/** What came of one backend. */
export interface PageReport {
  readonly name: string;
  readonly reason: string;
  /** Where rules run in place, the memory they are bound to. */
  readonly memory: 'ordinary' | 'shared' | 'none';
  readonly passed: number;
  /** `case: error`, for each that failed. */
  readonly failed: readonly string[];
  readonly tensorsLeft: number;
}

declare global {
  var tryBackend: (backend: string) => Promise<PageReport>;
}

globalThis.tryBackend = async (backend) => {
  const { name, reason, device } = await selectBackend({ backend, wasmPaths: '/wasm/' });
  const before = memory().numTensors;
  const failed: string[] = [];
  const cases = deviceConformance(async () => device, {
    ulps: name === 'webgpu' ? 4 : 0,
    lengths: [0, 1, 3, 4, 5, 1023],
  });
  for (const { name: what, run } of cases) {
    try {
      await run();
    } catch (error) {
      failed.push(`${what}: ${String(error)}`);
    }
  }
  return {
    name,
    reason,
    memory: name === 'wasm' ? kindOfMemory() : 'none',
    passed: cases.length - failed.length,
    failed,
    tensorsLeft: memory().numTensors - before,
  };
};

function kindOfMemory(): PageReport['memory'] {
  const heap = wasmMemory(currentBackend());
  if (heap === undefined) return 'none';
  return heap.buffer instanceof ArrayBuffer ? 'ordinary' : 'shared';
}
