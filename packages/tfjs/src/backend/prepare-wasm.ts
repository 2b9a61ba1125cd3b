import { engine } from '@tensorflow/tfjs-core';
import type { Attempt, ImportModule } from './attempt.ts';
import { importFailure } from './attempt.ts';

const backendPackage = '@tensorflow/tfjs-backend-wasm';

interface WasmBackendModule {
  readonly setWasmPaths: (folder: string) => void;
}

/** What to do when the backend is there and its `.wasm` files are not. */
export const wasmFilesRemedy: string =
  `Serve the .wasm files of node_modules/${backendPackage}/dist with the program, and say where: ` +
  "selectBackend({ wasmPaths: '/folder/' }).";

/**
 * Loads tfjs's WebAssembly backend.
 *
 * In Node it finds its `.wasm` files by itself, beside its own code; in a page they have to be served.
 */
export async function prepareWasm(importModule: ImportModule, wasmPaths?: string): Promise<Attempt> {
  if (typeof WebAssembly !== 'object') {
    return { usable: false, reason: 'WebAssembly is switched off here', remedy: 'Use the backend "cpu".' };
  }
  try {
    const { setWasmPaths } = (await importModule(backendPackage)) as WasmBackendModule;
    // A backend that runs has its files, and refuses a new path.
    if (wasmPaths !== undefined && engine().registry['wasm'] === undefined) setWasmPaths(wasmPaths);
  } catch (error) {
    return {
      usable: false,
      reason: importFailure(backendPackage, error),
      remedy: `Run \`npm install ${backendPackage}@4.22.0\`.`,
    };
  }
  return { usable: true, reason: 'WebAssembly on the CPU' };
}
