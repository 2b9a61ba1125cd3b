import { expect, it } from 'vitest';
import { formatDuration } from './format-duration.ts';

it.each([
  [0, '0:00'],
  [-3, '0:00'],
  [7.4, '0:07'],
  [59.6, '1:00'],
  [754, '12:34'],
  [3599, '59:59'],
  [3723, '1:02:03'],
  [86_399, '23:59:59'],
  [2 * 86_400 + 3 * 3600 + 4 * 60 + 5, '2d 03:04:05'],
  [Number.POSITIVE_INFINITY, '?'],
])('formatDuration(%d) is %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
