import { check } from './check.ts';

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Position of a float32 in the order of all float32 numbers; neighbours differ by 1, both zeros are 0. */
function ordinal(value: number): number {
  float[0] = value;
  const pattern = bits[0]!;
  return pattern < 0 ? -(pattern & 0x7fffffff) : pattern;
}

/**
 * How many float32 numbers lie between two: 0 when equal (also for two NaN and for the two zeros), infinite when
 * just one is NaN.
 *
 * @example
 * ulpDistance(1, 1 + 2 ** -23); // 1
 */
export function ulpDistance(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b))
    return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(ordinal(a) - ordinal(b));
}

/**
 * Checks two float32 arrays element by element, and names the first difference.
 *
 * @param ulps how many float32 numbers apart two elements may lie; see `ulpDistance`.
 * @throws ConformanceError when the lengths differ, or two elements are further apart.
 *
 * @example
 * checkClose('sum', [0.1 + 0.2], [0.3], 1);
 */
export function checkClose(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  ulps: number,
): void {
  check(
    actual.length === expected.length,
    `${what}: ${actual.length} elements, expected ${expected.length}.`,
  );
  for (let index = 0; index < expected.length; index++) {
    const distance = ulpDistance(actual[index]!, expected[index]!);
    check(
      distance <= ulps,
      `${what}: element ${index} is ${actual[index]}, expected ${expected[index]} (${distance} ulp away, ${ulps} allowed).`,
    );
  }
}
