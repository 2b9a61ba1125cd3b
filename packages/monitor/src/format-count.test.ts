import { expect, it } from 'vitest';
import { formatCount } from './format-count.ts';

it.each([
  [0, '0'],
  [0.5, '0.5'],
  [1.234, '1.23'],
  [12.34, '12.3'],
  [999.4, '999'],
  [999.5, '1.00k'],
  [1000, '1.00k'],
  [12_345, '12.3k'],
  [99_949, '99.9k'],
  [99_951, '100k'],
  [999_499, '999k'],
  [999_500, '1.00M'],
  [4.56e9, '4.56G'],
  [7.8e15, '7800T'],
])('formatCount(%d) is %s', (value, text) => {
  expect(formatCount(value)).toBe(text);
});
