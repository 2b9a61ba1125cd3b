import { UnavailableError } from '@ds/tensor';

/** Tells whether a memory can be seen by other threads; such a memory needs modules of its own. */
export function isShared(memory: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
}

/**
 * Compiles a small module at once.
 *
 * @param what what the module is for, in the error message.
 * @throws UnavailableError
 */
export function compileModule(bytes: Uint8Array<ArrayBuffer>, what: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw new UnavailableError(
      `The WebAssembly SIMD module of ${what} (${bytes.length} bytes) cannot be compiled here: ${String(cause)}. ` +
        'Ask `wasmSimdAvailable()` first and use `createStagedRule`, which works without SIMD. Some browsers ' +
        'compile at once only modules below 4 KiB on the main thread: split the rule, or run it in a worker.',
      { cause },
    );
  }
}

/** What our modules export; those without a result return nothing. */
export type Run = (...operands: readonly number[]) => number;

/** Binds a module of `assembleModule` to a memory. */
export function instantiateRun(module: WebAssembly.Module, memory: WebAssembly.Memory): Run {
  const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return run as Run;
}
