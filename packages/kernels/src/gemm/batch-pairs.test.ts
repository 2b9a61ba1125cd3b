import { expect, test } from 'vitest';
import { batchPairs } from './batch-pairs.ts';

test('no batch dimensions are one batch', () => {
  expect(batchPairs([], [])).toEqual({ shape: [], pairs: [[0, 0]] });
});

test('equal shapes pair in order', () => {
  expect(batchPairs([2, 2], [2, 2])?.pairs).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
});

test('dimensions of 1 repeat, on either side and inside', () => {
  expect(batchPairs([2, 1], [1, 3])).toEqual({
    shape: [2, 3],
    pairs: [
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ],
  });
  expect(batchPairs([2], [2, 2])?.pairs).toEqual([
    [0, 0],
    [1, 1],
    [0, 2],
    [1, 3],
  ]);
});

test('an empty dimension gives no pairs', () => {
  expect(batchPairs([0], [1])).toEqual({ shape: [0], pairs: [] });
});

test('other shapes do not fit', () => {
  expect(batchPairs([2], [3])).toBeUndefined();
  expect(batchPairs([0], [2])).toBeUndefined();
});
