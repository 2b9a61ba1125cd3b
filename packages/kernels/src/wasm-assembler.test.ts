import { expect, test } from 'vitest';
import { float32, signed, unsigned } from './wasm-assembler.ts';

// Examples of the DWARF 5 standard, tables 7.7 and 7.8, and one longer number each from Wikipedia's "LEB128".
test.each([
  [2, [2]],
  [127, [127]],
  [128, [0 + 0x80, 1]],
  [129, [1 + 0x80, 1]],
  [12857, [57 + 0x80, 100]],
  [624485, [0xe5, 0x8e, 0x26]],
])('unsigned %i', (value, encoded) => {
  expect(unsigned(value)).toEqual(encoded);
});

test.each([
  [2, [2]],
  [-2, [0x7e]],
  [127, [127 + 0x80, 0]],
  [-127, [1 + 0x80, 0x7f]],
  [128, [0 + 0x80, 1]],
  [-128, [0 + 0x80, 0x7f]],
  [129, [1 + 0x80, 1]],
  [-129, [0x7f + 0x80, 0x7e]],
  [-123456, [0xc0, 0xbb, 0x78]],
])('signed %i', (value, encoded) => {
  expect(signed(value)).toEqual(encoded);
});

test('float32 is little-endian', () => {
  expect(float32(1)).toEqual([0, 0, 0x80, 0x3f]);
});
