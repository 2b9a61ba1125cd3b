import { InvalidArgumentError } from '@ds/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBfloat16, encodeBfloat16, roundToBfloat16 } from './bfloat16.ts';
import { decodeFloat16, encodeFloat16, roundToFloat16 } from './float16.ts';
import { decodeFloat8E4m3, decodeFloat8E5m2, encodeFloat8E4m3, encodeFloat8E5m2 } from './float8.ts';

/** One format behind plain lists, so that all four can share the tests. */
interface Format {
  readonly name: string;
  readonly bits: number;
  /** Codes from here on (without sign) are infinity or NaN. */
  readonly special: number;
  encode(values: Float32Array): readonly number[];
  decode(codes: readonly number[]): Float32Array;
}

const formats: readonly Format[] = [
  {
    name: 'fp16',
    bits: 16,
    special: 0x7c00,
    encode: (values) => [...encodeFloat16(values)],
    decode: (codes) => decodeFloat16(Uint16Array.from(codes)),
  },
  {
    name: 'bf16',
    bits: 16,
    special: 0x7f80,
    encode: (values) => [...encodeBfloat16(values)],
    decode: (codes) => decodeBfloat16(Uint16Array.from(codes)),
  },
  {
    name: 'fp8 e4m3fn',
    bits: 8,
    special: 0x7f,
    encode: (values) => [...encodeFloat8E4m3(values)],
    decode: (codes) => decodeFloat8E4m3(Uint8Array.from(codes)),
  },
  {
    name: 'fp8 e5m2',
    bits: 8,
    special: 0x7c,
    encode: (values) => [...encodeFloat8E5m2(values)],
    decode: (codes) => decodeFloat8E5m2(Uint8Array.from(codes)),
  },
];

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const bitsOf = (values: Float32Array): Int32Array => new Int32Array(values.buffer, 0, values.length);

/** The float32 numbers `distance` representable ones away, for positive ones. */
const neighbours = (values: Float32Array, distance: number): Float32Array =>
  new Float32Array(bitsOf(values).map((bits) => bits + distance).buffer);

const anyFloat32 = fc
  .uint32Array({ minLength: 1, maxLength: 64 })
  .map((bits) => new Float32Array(Uint32Array.from(bits).buffer));

describe.each(formats)('$name', ({ bits, special, encode, decode }) => {
  const sign = 1 << (bits - 1);
  const finite = range(special);

  test('every finite number and its negative come back', () => {
    const codes = [...finite, ...finite.map((code) => code | sign)];
    expect(encode(decode(codes))).toEqual(codes);
  });

  test('halfway between every two numbers, the even one is taken; next to it, the nearer', () => {
    const lower = finite.slice(0, -1);
    const values = decode(finite);
    const middles = Float32Array.from(lower, (code) => (values[code]! + values[code + 1]!) / 2);
    expect(encode(middles)).toEqual(lower.map((code) => code + (code % 2)));
    expect(encode(neighbours(middles, -1))).toEqual(lower);
    expect(encode(neighbours(middles, 1))).toEqual(lower.map((code) => code + 1));
  });

  test('zero keeps its sign', () => {
    expect(encode(Float32Array.of(0, -0))).toEqual([0, sign]);
    expect(Object.is(decode([sign])[0], -0)).toBe(true);
  });

  test('what is encoded once is encoded to the same again, and odd in the sign', () => {
    fc.assert(
      fc.property(anyFloat32, (values) => {
        const codes = encode(values);
        expect(encode(decode(codes))).toEqual(codes);
        const numbers = values.filter((value) => !Number.isNaN(value));
        expect(encode(numbers.map((value) => -value))).toEqual(encode(numbers).map((code) => code ^ sign));
      }),
    );
  });

  test('a larger number never has a smaller code', () => {
    fc.assert(
      fc.property(anyFloat32, (values) => {
        const sorted = values
          .map(Math.abs)
          .filter((value) => !Number.isNaN(value))
          .toSorted();
        const codes = encode(sorted);
        expect(codes).toEqual(codes.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('beyond the largest number', () => {
  test('fp16, bf16 and e5m2 become infinite, e4m3fn stays at 448', () => {
    const large = Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.4028234663852886e38);
    expect(encodeFloat16(large)).toEqual(Uint16Array.of(0x7c00, 0xfc00, 0x7c00));
    expect(encodeBfloat16(large)).toEqual(Uint16Array.of(0x7f80, 0xff80, 0x7f80));
    expect(encodeFloat8E5m2(large)).toEqual(Uint8Array.of(0x7c, 0xfc, 0x7c));
    expect(decodeFloat8E4m3(encodeFloat8E4m3(large))).toEqual(Float32Array.of(448, -448, 448));
  });

  test('NaN is canonical on the way back, whatever its payload', () => {
    const canonical = Uint32Array.of(0x7fc00000, 0x7fc00000);
    expect(new Uint32Array(decodeFloat16(Uint16Array.of(0x7c01, 0xffff)).buffer)).toEqual(canonical);
    expect(new Uint32Array(decodeBfloat16(Uint16Array.of(0x7f81, 0xffff)).buffer)).toEqual(canonical);
    expect(decodeFloat8E4m3(Uint8Array.of(0x7f, 0xff))).toEqual(Float32Array.of(NaN, NaN));
    const e5m2 = Uint8Array.of(0x7c, 0xfc, 0x7d, 0x7e, 0xff);
    const infinity = Number.POSITIVE_INFINITY;
    expect(decodeFloat8E5m2(e5m2)).toEqual(Float32Array.of(infinity, -infinity, NaN, NaN, NaN));
    const rounded = new Float32Array(Uint32Array.of(0x7f800001, 0xffffffff).buffer);
    expect(new Uint32Array(roundToFloat16(rounded.slice()).buffer)).toEqual(canonical);
    expect(new Uint32Array(roundToBfloat16(rounded.slice()).buffer)).toEqual(canonical);
  });
});

test.each([
  { name: 'roundToFloat16', round: roundToFloat16, encode: encodeFloat16, decode: decodeFloat16 },
  { name: 'roundToBfloat16', round: roundToBfloat16, encode: encodeBfloat16, decode: decodeBfloat16 },
])('$name is encoding and decoding', ({ round, encode, decode }) => {
  fc.assert(
    fc.property(anyFloat32, (values) => {
      const expected = bitsOf(decode(encode(values)));
      expect(bitsOf(round(values))).toEqual(expected);
    }),
  );
});

type Float16ArrayConstructor = new (source: Float32Array | ArrayBuffer) => ArrayLike<number> & {
  readonly buffer: ArrayBuffer;
};

const { Float16Array } = globalThis as { readonly Float16Array?: Float16ArrayConstructor };
if (Float16Array === undefined) console.info('Skipped: this runtime has no Float16Array; Node 24 has.');

describe.runIf(Float16Array !== undefined)("against the runtime's own Float16Array", () => {
  test('all 65536 patterns decode to the same numbers', () => {
    const codes = Uint16Array.from(range(65_536));
    expect(decodeFloat16(codes)).toEqual(Float32Array.from(new Float16Array!(codes.buffer)));
  });

  test('a million float32 patterns, spread over all, encode to the same bits', () => {
    const step = 4099;
    const bits = new Uint32Array(Math.floor(2 ** 32 / step)).map((_, index) => index * step);
    const values = new Float32Array(bits.buffer);
    const codes = encodeFloat16(values);
    const theirs = new Uint16Array(new Float16Array!(values).buffer);
    const differ = codes.findIndex((code, index) => code !== theirs[index] && !Number.isNaN(values[index]));
    expect(differ).toBe(-1);
  });
});

describe('arguments', () => {
  test('a target is filled and returned, also where it is part of a larger array', () => {
    const target = new Uint16Array(4);
    const part = target.subarray(1, 3);
    expect(encodeFloat16(Float32Array.of(9, 1, -2).subarray(1), part)).toBe(part);
    expect(target).toEqual(Uint16Array.of(0, 0x3c00, 0xc000, 0));
    const values = new Float32Array(3);
    decodeFloat16(part, values.subarray(1));
    expect(values).toEqual(Float32Array.of(0, 1, -2));
  });

  test('nothing is fine', () => {
    expect(encodeFloat16(new Float32Array())).toHaveLength(0);
    expect(decodeBfloat16(new Uint16Array())).toHaveLength(0);
  });

  test.each([
    () => encodeFloat16(new Float32Array(3), new Uint16Array(2)),
    () => decodeFloat16(new Uint16Array(3), new Float32Array(2)),
    () => encodeBfloat16(new Float32Array(3), new Uint16Array(2)),
    () => decodeBfloat16(new Uint16Array(3), new Float32Array(2)),
    () => encodeFloat8E4m3(new Float32Array(3), new Uint8Array(2)),
    () => decodeFloat8E5m2(new Uint8Array(3), new Float32Array(2)),
  ])('a target of another length is refused (%#)', (convert) => {
    expect(convert).toThrow(InvalidArgumentError);
    expect(convert).toThrow('the target has 2 elements for 3 values');
  });

  test('other arrays are refused by name', () => {
    const values = new Float64Array(2) as unknown as Float32Array;
    expect(() => encodeFloat16(values)).toThrow('encodeFloat16 takes a Float32Array; got Float64Array.');
    expect(() => roundToBfloat16([1] as unknown as Float32Array)).toThrow('a Float32Array; got a list.');
    expect(() => decodeFloat16(new Uint8Array(2) as unknown as Uint16Array)).toThrow('got Uint8Array.');
  });
});
