import { createNarrowing, narrowFloat, widenFloat } from './narrow-float.ts';
import { bitsOf, checkArray, checkLength } from './typed-array.ts';

const canonicalNaN = 0x7e00;
const infinity = 0x7c00;
/** The canonical NaN of float32. */
const quietNaN = 0x7fc00000;

/** Made at the first use: importing the package computes nothing. */
let narrowing: Int32Array | undefined;
/** Bits of the float32 of every fp16 code; 256 KiB. */
let widened: Int32Array | undefined;

function widenTable(): Int32Array {
  const values = new Float32Array(65_536);
  for (let code = 0; code <= infinity; code++) {
    const value = code === infinity ? Number.POSITIVE_INFINITY : widenFloat(code, 10, 15);
    values[code] = value;
    values[code + 0x8000] = -value;
  }
  const bits = bitsOf(values);
  bits.fill(quietNaN, infinity + 1, 0x8000);
  bits.fill(quietNaN, infinity + 0x8001);
  return bits;
}

/**
 * Converts float32 to the bits of IEEE half precision (fp16, `binary16`), to nearest, ties to even.
 *
 * Subnormals are kept, from 65520 on there is infinity, every NaN becomes 0x7e00.
 *
 * @param values numbers; not changed.
 * @param target where to write, as long as `values`; allocated if left out.
 * @returns the target.
 * @throws InvalidArgumentError when an argument has another type or length.
 *
 * @example
 * encodeFloat16(Float32Array.of(1, 65504, 1e6)); // Uint16Array [0x3c00, 0x7bff, 0x7c00]
 */
export function encodeFloat16(
  values: Float32Array,
  target: Uint16Array = new Uint16Array(values.length),
): Uint16Array {
  checkArray('encodeFloat16', values, 'Float32Array');
  checkArray('encodeFloat16, as its target,', target, 'Uint16Array');
  checkLength('encodeFloat16', values.length, target);
  const table = (narrowing ??= createNarrowing(16, 10, 15, infinity));
  const bits = bitsOf(values);
  for (let i = 0; i < bits.length; i++) {
    const code = narrowFloat(bits[i]!, table);
    target[i] = (bits[i]! & 0x7fffffff) > 0x7f800000 ? canonicalNaN : code;
  }
  return target;
}

/**
 * Converts bits of IEEE half precision to the float32 they stand for, exactly.
 *
 * @param codes bits as `encodeFloat16` returns them; any NaN becomes the canonical one.
 * @param target where to write, as long as `codes`; allocated if left out.
 * @returns the target.
 * @throws InvalidArgumentError when an argument has another type or length.
 *
 * @example
 * decodeFloat16(Uint16Array.of(0x3c00, 1)); // Float32Array [1, 2 ** -24]
 */
export function decodeFloat16(
  codes: Uint16Array,
  target: Float32Array = new Float32Array(codes.length),
): Float32Array {
  checkArray('decodeFloat16', codes, 'Uint16Array');
  checkArray('decodeFloat16, as its target,', target, 'Float32Array');
  checkLength('decodeFloat16', codes.length, target);
  const table = (widened ??= widenTable());
  const bits = bitsOf(target);
  for (let i = 0; i < bits.length; i++) bits[i] = table[codes[i]!]!;
  return target;
}

/**
 * Replaces each number by the fp16 number nearest to it: `decodeFloat16(encodeFloat16(values))`, in place.
 *
 * @returns `values`.
 * @throws InvalidArgumentError when `values` is no Float32Array.
 *
 * @example
 * roundToFloat16(Float32Array.of(0.1, 2049)); // Float32Array [0.0999755859375, 2048]
 */
export function roundToFloat16(values: Float32Array): Float32Array {
  checkArray('roundToFloat16', values, 'Float32Array');
  const down = (narrowing ??= createNarrowing(16, 10, 15, infinity));
  const up = (widened ??= widenTable());
  const bits = bitsOf(values);
  for (let i = 0; i < bits.length; i++) {
    const code = narrowFloat(bits[i]!, down);
    bits[i] = (bits[i]! & 0x7fffffff) > 0x7f800000 ? quietNaN : up[code]!;
  }
  return values;
}
