import { UnavailableError } from '@ds/tensor';
import { compileModule, isShared } from '../wasm-instance.ts';
import { relaxedSimdModule, simdModule } from './embedded-modules.ts';
import type { OperationFunctions } from './operation-functions.ts';

/** Functions of the module built from `assembly/`; see there. Addresses and lengths are unsigned 32-bit. */
export interface HeapModule extends OperationFunctions {
  readonly gemm: (
    ...operands: readonly [
      target: number,
      a: number,
      b: number,
      rows: number,
      columns: number,
      inner: number,
      transposeA: number,
      transposeB: number,
      alpha: number,
      beta: number,
      bias: number,
      activation: number,
      slope: number,
      scratch: number,
    ]
  ) => void;
  readonly gemmScratchBytes: (rows: number, columns: number, inner: number, transposeA: number) => number;
  /** Sets `segments` rows of `target` to the sums of those rows of `source` whose int32 id they have. */
  readonly segmentSum: (
    target: number,
    source: number,
    ids: number,
    count: number,
    width: number,
    segments: number,
  ) => void;
  /** Sums over the middle axis of `outer` x `middle` x `inner` elements. */
  readonly sumMiddle: (target: number, source: number, outer: number, middle: number, inner: number) => void;
  readonly tanhAll: (target: number, source: number, length: number) => void;
  /** Raises to the power of 2, 3 or 4. */
  readonly powerAll: (target: number, source: number, length: number, exponent: number) => void;
}

/** How to build kernels that work on a heap. */
export interface HeapModuleOptions {
  /**
   * Multiply and add with one rounding where the machine can. Results then differ between machines in the last
   * bits, never on one. Default: where the environment has it, see `relaxedSimdAvailable`.
   */
  readonly relaxedSimd?: boolean | undefined;
}

const compiled = new Map<string, WebAssembly.Module>();
let relaxed: boolean | undefined;

/**
 * Tells whether this environment has WebAssembly with relaxed SIMD, as Node 24 and Chrome do, Node 20 does not.
 *
 * @example
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * instantiateHeapModule(memory, { relaxedSimd: relaxedSimdAvailable() }); // as without the option
 */
export function relaxedSimdAvailable(): boolean {
  relaxed ??= typeof WebAssembly === 'object' && WebAssembly.validate(moduleBytes(relaxedSimdModule, false));
  return relaxed;
}

/**
 * Binds the kernels to a memory of the caller's. They take addresses in it and allocate nothing.
 *
 * @throws UnavailableError without WebAssembly SIMD, or relaxed SIMD where it is asked for.
 *
 * @example
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * new Float32Array(memory.buffer).set([1, 2, 3]);
 * instantiateHeapModule(memory).powerAll(16, 0, 3, 2);
 * new Float32Array(memory.buffer, 16, 3); // [1, 4, 9]
 */
export function instantiateHeapModule(
  memory: WebAssembly.Memory,
  { relaxedSimd = relaxedSimdAvailable() }: HeapModuleOptions = {},
): HeapModule {
  if (relaxedSimd && !relaxedSimdAvailable()) {
    throw new UnavailableError(
      'Relaxed WebAssembly SIMD was asked for, but this environment does not have it. ' +
        'Leave `relaxedSimd` out to use it only where it is (Node 24 and Chrome have it, Node 20 does not).',
    );
  }
  const shared = isShared(memory);
  const key = `${String(relaxedSimd)} ${String(shared)}`;
  let module = compiled.get(key);
  if (module === undefined) {
    module = compileModule(moduleBytes(relaxedSimd ? relaxedSimdModule : simdModule, shared), 'heap kernels');
    compiled.set(key, module);
  }
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as HeapModule;
}

// The end of the memory's import: kind, flags, minimum, maximum 65536 pages. A private memory has no maximum to
// agree with, so its bytes go to the minimum, whose encoding may be padded.
const sharedLimits = [0x02, 0x03, 0x01, 0x80, 0x80, 0x04];
const privateLimits = [0x02, 0x00, 0x81, 0x80, 0x80, 0x00];

function moduleBytes(base64: string, shared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.codePointAt(0)!);
  if (!shared) {
    const at = bytes.findIndex((_, start) => sharedLimits.every((byte, i) => bytes[start + i] === byte));
    bytes.set(privateLimits, at);
  }
  return bytes;
}
