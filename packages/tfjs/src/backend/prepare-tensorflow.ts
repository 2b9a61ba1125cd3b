import type { Attempt, ImportModule } from './attempt.ts';
import { importFailure, runsInNode } from './attempt.ts';

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** Loads TensorFlow's C library through tfjs-node-gpu or tfjs-node, whichever is installed. */
export async function prepareTensorflow(importModule: ImportModule): Promise<Attempt> {
  const remedy =
    'Run `npm install @tensorflow/tfjs-node@4.22.0` (or `@tensorflow/tfjs-node-gpu@4.22.0`, with CUDA 11 and cuDNN 8) ' +
    'on a machine that reaches storage.googleapis.com, where its library comes from.';
  if (!runsInNode())
    return { usable: false, reason: 'it exists only in Node', remedy: 'Use "webgpu" or "wasm".' };
  restoreRemovedUtilities();
  const failures: string[] = [];
  for (const name of packages) {
    try {
      await importModule(name);
      return { usable: true, reason: `TensorFlow's own library, through ${name}` };
    } catch (error) {
      failures.push(importFailure(name, error));
    }
  }
  return { usable: false, reason: failures.join('; '), remedy };
}

/**
 * Gives `node:util` back what tfjs-node 4.22.0 calls and Node 23 took away (tensorflow/tfjs#8425, never released).
 *
 * Only what is missing is added, and only when tfjs-node is about to be loaded.
 */
function restoreRemovedUtilities(): void {
  // Versions of Node without `getBuiltinModule` still have the functions; an import would end up in page bundles.
  const util = process.getBuiltinModule?.('node:util') as Record<string, unknown> | undefined;
  if (util === undefined) return;
  util['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}
