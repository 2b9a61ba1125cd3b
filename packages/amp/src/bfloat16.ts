import { bitsOf, checkArray, checkLength } from './typed-array.ts';

const canonicalNaN = 0x7fc0;

/** bf16 is the upper half of float32, so rounding is one addition that carries into it. */
function encode(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return canonicalNaN;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/**
 * Converts float32 to the bits of bfloat16, to nearest, ties to even.
 *
 * Subnormals are kept; what rounds past the largest number (3.39e38) is infinity; every NaN becomes 0x7fc0.
 *
 * @param values numbers; not changed.
 * @param target where to write, as long as `values`; allocated if left out.
 * @returns the target.
 * @throws InvalidArgumentError when an argument has another type or length.
 *
 * @example
 * encodeBfloat16(Float32Array.of(1, -2)); // Uint16Array [0x3f80, 0xc000]
 */
export function encodeBfloat16(
  values: Float32Array,
  target: Uint16Array = new Uint16Array(values.length),
): Uint16Array {
  checkArray('encodeBfloat16', values, 'Float32Array');
  checkArray('encodeBfloat16, as its target,', target, 'Uint16Array');
  checkLength('encodeBfloat16', values.length, target);
  const bits = bitsOf(values);
  for (let i = 0; i < bits.length; i++) target[i] = encode(bits[i]!);
  return target;
}

/**
 * Converts bits of bfloat16 to the float32 they stand for, exactly.
 *
 * @param codes bits as `encodeBfloat16` returns them; any NaN becomes the canonical one.
 * @param target where to write, as long as `codes`; allocated if left out.
 * @returns the target.
 * @throws InvalidArgumentError when an argument has another type or length.
 *
 * @example
 * decodeBfloat16(Uint16Array.of(0x3f80, 0x7f80)); // Float32Array [1, Infinity]
 */
export function decodeBfloat16(
  codes: Uint16Array,
  target: Float32Array = new Float32Array(codes.length),
): Float32Array {
  checkArray('decodeBfloat16', codes, 'Uint16Array');
  checkArray('decodeBfloat16, as its target,', target, 'Float32Array');
  checkLength('decodeBfloat16', codes.length, target);
  const bits = bitsOf(target);
  for (let i = 0; i < bits.length; i++) {
    const code = codes[i]!;
    bits[i] = ((code & 0x7fff) > 0x7f80 ? canonicalNaN : code) << 16;
  }
  return target;
}

/**
 * Replaces each number by the bfloat16 number nearest to it: `decodeBfloat16(encodeBfloat16(values))`, in place.
 *
 * @returns `values`.
 * @throws InvalidArgumentError when `values` is no Float32Array.
 *
 * @example
 * roundToBfloat16(Float32Array.of(0.1, 257)); // Float32Array [0.10009765625, 256]
 */
export function roundToBfloat16(values: Float32Array): Float32Array {
  checkArray('roundToBfloat16', values, 'Float32Array');
  const bits = bitsOf(values);
  for (let i = 0; i < bits.length; i++) bits[i] = encode(bits[i]!) << 16;
  return values;
}
