import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ordinaryNumbers } from '../test/numbers.ts';
import { instantiateSumOfSquares, sumOfSquares } from './index.ts';

/** Sums with the error of every addition kept (Neumaier 1974). */
function compensatedSumOfSquares(values: Float32Array): number {
  let [sum, error] = [0, 0];
  for (const value of values) {
    const square = value * value;
    const next = sum + square;
    error += Math.abs(sum) >= square ? sum - next + square : square - next + sum;
    sum = next;
  }
  return sum + error;
}

function inMemory(values: Float32Array, shared = false): number {
  const pages = 1 + Math.ceil((values.byteLength + 8) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  new Float32Array(memory.buffer).fill(1e30).set(values, 1);
  return instantiateSumOfSquares(memory)(4, values.length);
}

describe('sumOfSquares', () => {
  test('is the same in WebAssembly bit for bit', () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (numbers) =>
        Object.is(inMemory(Float32Array.from(numbers)), sumOfSquares(Float32Array.from(numbers))),
      ),
    );
  });

  test.each([0, 1, 7, 8, 9, 1023, 1_000_000])('is accurate for %i elements', (length) => {
    const values = ordinaryNumbers(length, 5);
    const expected = compensatedSumOfSquares(values);
    // Each of n additions to one lane is off by at most half a unit in the last place.
    const tolerance = expected * (length / 8 + 8) * 2 ** -53;
    expect(Math.abs(sumOfSquares(values) - expected)).toBeLessThanOrEqual(tolerance);
    expect(inMemory(values)).toBe(sumOfSquares(values));
    expect(inMemory(values, true)).toBe(sumOfSquares(values));
  });

  test('adds in the documented order', () => {
    const values = ordinaryNumbers(1005, 9).map((value, index) => value * 10 ** (index % 13));
    const lanes = Array.from({ length: 8 }, () => 0);
    for (let index = 0; index < 1000; index++) lanes[index % 8]! += values[index]! ** 2;
    const [l0, l1, l2, l3, l4, l5, l6, l7] = lanes;
    const expected = values
      .subarray(1000)
      .reduce((sum, value) => sum + value ** 2, l0! + l2! + (l4! + l6!) + (l1! + l3! + (l5! + l7!)));
    expect(sumOfSquares(values)).toBe(expected);
    expect(expected).not.toBe(values.reduce((sum, value) => sum + value ** 2, 0));
  });

  test('takes a range', () => {
    expect(sumOfSquares(Float32Array.of(100, 1, 2, 3, 100), 1, 4)).toBe(14);
  });

  test('does not overflow where float32 would', () => {
    expect(inMemory(Float32Array.of(3e38, 3e38))).toBe(2 * Math.fround(3e38) ** 2);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'is not finite when any element is %d',
    (value) => {
      for (let at = 0; at < 19; at++) {
        const values = new Float32Array(19).fill(3e38);
        values[at] = value;
        expect(Number.isFinite(sumOfSquares(values))).toBe(false);
        expect(Number.isFinite(inMemory(values))).toBe(false);
      }
    },
  );
});
