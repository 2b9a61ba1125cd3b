import { assembleModule, code, type } from './wasm-assembler.ts';

let available: boolean | undefined;

/**
 * Tells whether this environment has WebAssembly with 128-bit SIMD.
 *
 * @example
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * const run = wasmSimdAvailable() ? instantiateSumOfSquares(memory) : undefined;
 */
export function wasmSimdAvailable(): boolean {
  available ??=
    typeof WebAssembly === 'object' &&
    WebAssembly.validate(
      assembleModule({
        parameters: [type.v128],
        results: [type.v128],
        locals: [],
        body: [...code.localGet, 0, ...code.f32x4Sqrt],
      }),
    );
  return available;
}
