import { createNarrowing, narrowFloat, widenFloat } from './narrow-float.ts';
import { bitsOf, checkArray, checkLength } from './typed-array.ts';

/** What tells the two 8-bit formats apart. */
interface Float8Format {
  readonly name: string;
  readonly mantissaBits: number;
  readonly bias: number;
  /** The largest code that is a finite number. */
  readonly largest: number;
  /** Bits of the float32 that all larger ones are taken for. */
  readonly ceiling: number;
  readonly nan: number;
  narrowing?: Int32Array;
  /** Numbers of all 256 codes. */
  widened?: Float32Array;
}

const e4m3: Float8Format = {
  name: 'Float8E4m3',
  mantissaBits: 3,
  bias: 7,
  largest: 0x7e,
  // 448: the format has no infinity.
  ceiling: 0x43e00000,
  nan: 0x7f,
};
const e5m2: Float8Format = {
  name: 'Float8E5m2',
  mantissaBits: 2,
  bias: 15,
  largest: 0x7b,
  ceiling: 0x7f800000,
  nan: 0x7e,
};

function encode(format: Float8Format, values: Float32Array, target: Uint8Array): Uint8Array {
  checkArray(`encode${format.name}`, values, 'Float32Array');
  checkArray(`encode${format.name}, as its target,`, target, 'Uint8Array');
  checkLength(`encode${format.name}`, values.length, target);
  const { mantissaBits, bias, largest, ceiling, nan } = format;
  const table = (format.narrowing ??= createNarrowing(8, mantissaBits, bias, largest + 1));
  const bits = bitsOf(values);
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    const held = Math.min(magnitude, ceiling) | (bits[i]! & 0x80000000);
    const code = narrowFloat(held, table);
    target[i] = magnitude > 0x7f800000 ? nan : code;
  }
  return target;
}

function widenTable(format: Float8Format): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => {
    const magnitude = code & 0x7f;
    const isInfinity = magnitude === format.largest + 1 && format.ceiling === 0x7f800000;
    const beyond = isInfinity ? Number.POSITIVE_INFINITY : NaN;
    const value =
      magnitude > format.largest ? beyond : widenFloat(magnitude, format.mantissaBits, format.bias);
    return code < 0x80 ? value : -value;
  });
}

function decode(format: Float8Format, codes: Uint8Array, target: Float32Array): Float32Array {
  checkArray(`decode${format.name}`, codes, 'Uint8Array');
  checkArray(`decode${format.name}, as its target,`, target, 'Float32Array');
  checkLength(`decode${format.name}`, codes.length, target);
  const table = (format.widened ??= widenTable(format));
  for (let i = 0; i < target.length; i++) target[i] = table[codes[i]!]!;
  return target;
}

/**
 * Converts float32 to the bits of fp8 `e4m3fn` (largest number 448, no infinity), to nearest, ties to even.
 *
 * What is larger, infinity included, becomes 448, as in PyTorch 2.13: an overflow cannot be seen afterwards. Every
 * NaN becomes 0x7f.
 *
 * @param values numbers; not changed.
 * @param target where to write, as long as `values`; allocated if left out.
 * @returns the target.
 * @throws InvalidArgumentError when an argument has another type or length.
 *
 * @example
 * encodeFloat8E4m3(Float32Array.of(1, 1000)); // Uint8Array [0x38, 0x7e]
 */
export function encodeFloat8E4m3(
  values: Float32Array,
  target: Uint8Array = new Uint8Array(values.length),
): Uint8Array {
  return encode(e4m3, values, target);
}

/**
 * Converts bits of fp8 `e4m3fn` to the float32 they stand for, exactly.
 *
 * @param codes bits as `encodeFloat8E4m3` returns them.
 * @param target where to write, as long as `codes`; allocated if left out.
 * @returns the target.
 * @throws InvalidArgumentError when an argument has another type or length.
 *
 * @example
 * decodeFloat8E4m3(Uint8Array.of(0x38, 0x7e)); // Float32Array [1, 448]
 */
export function decodeFloat8E4m3(
  codes: Uint8Array,
  target: Float32Array = new Float32Array(codes.length),
): Float32Array {
  return decode(e4m3, codes, target);
}

/**
 * Converts float32 to the bits of fp8 `e5m2` (largest number 57344), to nearest, ties to even.
 *
 * From 61440 on there is infinity; every NaN becomes 0x7e.
 *
 * @param values numbers; not changed.
 * @param target where to write, as long as `values`; allocated if left out.
 * @returns the target.
 * @throws InvalidArgumentError when an argument has another type or length.
 *
 * @example
 * encodeFloat8E5m2(Float32Array.of(1, 1e5)); // Uint8Array [0x3c, 0x7c]
 */
export function encodeFloat8E5m2(
  values: Float32Array,
  target: Uint8Array = new Uint8Array(values.length),
): Uint8Array {
  return encode(e5m2, values, target);
}

/**
 * Converts bits of fp8 `e5m2` to the float32 they stand for, exactly.
 *
 * @param codes bits as `encodeFloat8E5m2` returns them.
 * @param target where to write, as long as `codes`; allocated if left out.
 * @returns the target.
 * @throws InvalidArgumentError when an argument has another type or length.
 *
 * @example
 * decodeFloat8E5m2(Uint8Array.of(0x3c, 0x7c)); // Float32Array [1, Infinity]
 */
export function decodeFloat8E5m2(
  codes: Uint8Array,
  target: Float32Array = new Float32Array(codes.length),
): Float32Array {
  return decode(e5m2, codes, target);
}
