import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeBfloat16, encodeBfloat16, roundToBfloat16 } from './bfloat16.ts';
import { decodeFloat16, encodeFloat16, roundToFloat16 } from './float16.ts';
import { decodeFloat8E4m3, decodeFloat8E5m2, encodeFloat8E4m3, encodeFloat8E5m2 } from './float8.ts';

/** The whole of PyTorch's recorded tables; `meta` in the file explains the columns and names the versions. */
interface Golden {
  readonly rows: readonly (readonly number[])[];
  readonly widen: readonly (readonly [number, number, number])[];
  readonly widen_sha256: { readonly fp16: string; readonly bf16: string };
}

const fixture = new URL('__fixtures__/float_formats.json', import.meta.url);
const golden = JSON.parse(readFileSync(fixture, 'utf8')) as Golden;

const floats = (bits: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(bits).buffer);
const bitsOf = (values: Float32Array): number[] => [...new Uint32Array(values.buffer)];
const isNaNRow = (row: readonly number[]): boolean => row[5] === 1;

const numbers = golden.rows.filter((row) => !isNaNRow(row));
const notNumbers = golden.rows.filter(isNaNRow);
const everyPattern = Uint16Array.from({ length: 65_536 }, (_, code) => code);

const formats = [
  { name: 'fp16', column: 1, encode: encodeFloat16, decode: decodeFloat16, nan: 0x7e00 },
  { name: 'bf16', column: 2, encode: encodeBfloat16, decode: decodeBfloat16, nan: 0x7fc0 },
  { name: 'fp8 e4m3fn', column: 3, encode: encodeFloat8E4m3, decode: decodeFloat8E4m3, nan: 0x7f },
  { name: 'fp8 e5m2', column: 4, encode: encodeFloat8E5m2, decode: decodeFloat8E5m2, nan: 0x7e },
] as const;

test('the recording is complete', () => {
  expect(numbers).toHaveLength(2664);
  expect(notNumbers).toHaveLength(8);
  expect(golden.widen).toHaveLength(418);
});

describe.each(formats)('float32 to $name', ({ column, encode, nan }) => {
  test('is what PyTorch recorded, bit for bit', () => {
    const codes = encode(floats(numbers.map((row) => row[0]!)));
    expect([...codes]).toEqual(numbers.map((row) => row[column]));
  });

  test('gives one canonical NaN', () => {
    const codes = encode(floats(notNumbers.map((row) => row[0]!)));
    expect(new Set(codes)).toEqual(new Set([nan]));
  });
});

describe.each([
  { name: 'fp16', column: 1, decode: decodeFloat16, hash: golden.widen_sha256.fp16 },
  { name: 'bf16', column: 2, decode: decodeBfloat16, hash: golden.widen_sha256.bf16 },
] as const)('$name to float32', ({ column, decode, hash }) => {
  test('is what PyTorch recorded, bit for bit', () => {
    const recorded = golden.widen.map((row) => (row[column] === -1 ? 0x7fc00000 : row[column]));
    expect(bitsOf(decode(Uint16Array.from(golden.widen, ([code]) => code)))).toEqual(recorded);
  });

  test('has the recorded hash over all 65536 patterns', () => {
    const bytes = new Uint8Array(decode(everyPattern).buffer);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(hash);
  });
});

test.each([
  { name: 'fp16', column: 1, round: roundToFloat16, decode: decodeFloat16 },
  { name: 'bf16', column: 2, round: roundToBfloat16, decode: decodeBfloat16 },
] as const)('rounding to $name in place gives the recorded numbers', ({ column, round, decode }) => {
  const values = floats(numbers.map((row) => row[0]!));
  expect(round(values)).toBe(values);
  expect(bitsOf(values)).toEqual(bitsOf(decode(Uint16Array.from(numbers, (row) => row[column]!))));
});
