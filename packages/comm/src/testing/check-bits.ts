import type { Values } from '../format.ts';
import { bytesOf } from '../format.ts';

/** A communicator conformance case found the communicator at fault. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
}

/** Throws a `ConformanceError` with this message unless the condition holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ConformanceError(message);
}

/** Checks two arrays bit for bit, and names the first difference. */
export function checkBits(what: string, actual: Values, expected: Values): void {
  check(
    actual.length === expected.length,
    `${what}: ${actual.length} elements, expected ${expected.length}.`,
  );
  const [bytes, wanted] = [bytesOf(actual), bytesOf(expected)];
  const at = bytes.findIndex((byte, index) => byte !== wanted[index]);
  if (at === -1) return;
  const index = Math.floor(at / actual.BYTES_PER_ELEMENT);
  check(false, `${what}: element ${index} is ${actual[index]}, expected ${expected[index]}.`);
}

/** A checksum of arrays: FNV-1a over their bytes. */
export function checksum(arrays: readonly Values[]): string {
  let hash = 0x811c9dc5;
  for (const array of arrays) for (const byte of bytesOf(array)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
