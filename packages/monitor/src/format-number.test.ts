import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber } from './format-number.ts';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [3, '3'],
    [-999_999, '-999999'],
    [1e6, '1.000e+6'],
    [2.3456, '2.346'],
    [0.001, '0.001000'],
    [0.0009995, '0.0009995'],
    [0.00099949, '9.995e-4'],
    [3e-4, '3.000e-4'],
    [9999.4, '9999'],
    [12345.6, '12346'],
    [99_995.5, '1.000e+5'],
    [-0.5, '-0.5000'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('is within half a unit of the fourth digit, in at most 11 characters', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e308, max: 1e308, noNaN: true }), (value) => {
        const text = formatNumber(value);
        expect(text.length).toBeLessThanOrEqual(11);
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.abs(value) * 5.01e-4);
      }),
    );
  });
});
