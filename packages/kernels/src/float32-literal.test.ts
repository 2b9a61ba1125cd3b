import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float32Literal } from './float32-literal.ts';

const rule = { name: 'example', slots: [], scalars: [], update: () => ({}) };

/** Reads a literal as the WGSL specification says, digit by digit. */
function read(literal: string): number {
  const [, sign, whole, fraction = '', exponent] =
    /^(-?)0x([01])(?:\.([\da-f]{1,6}))?p(-?\d+)f \/\* \S+ \*\/$/.exec(literal) ?? [];
  if (whole === undefined) return Number(/^(-?\d+\.\d+)f$/.exec(literal)?.[1]);
  const digits = Number.parseInt(whole + fraction, 16) / 16 ** fraction.length;
  return (sign === '-' ? -1 : 1) * digits * 2 ** Number(exponent);
}

test.each([
  [0, '0.0f'],
  [-0, '-0.0f'],
  [3, '3.0f'],
  [-2.5, '-2.5f'],
  [0.015625, '0.015625f'],
  [0.0078125, '0x1p-7f /* 0.0078125 */'],
  [Math.fround(0.1), '0x1.99999ap-4f /* 0.1 */'],
  [Math.fround(1e-8), '0x1.5798eep-27f /* 1e-8 */'],
  [2 ** -149, '0x0.000002p-126f /* 1.401298e-45 */'],
  [2 ** -126, '0x1p-126f /* 1.175494e-38 */'],
  [3.4028234663852886e38, '0x1.fffffep127f /* 3.402823e+38 */'],
])('%d is %s', (value, literal) => {
  expect(float32Literal(value, rule)).toBe(literal);
});

test('reads back as the same float32', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) =>
      Object.is(read(float32Literal(value, rule)), value),
    ),
    { numRuns: 2000 },
  );
});
