/** Every kind of float32: zeros, subnormals, the limits, infinities, NaN and ordinary numbers. */
export const specialNumbers: readonly number[] = [
  0,
  -0,
  2 ** -149,
  -(2 ** -149),
  2 ** -126 - 2 ** -149,
  2 ** -126,
  -(2 ** -126),
  1e-30,
  0.1,
  -0.1,
  1,
  -1,
  1 + 2 ** -23,
  -2.5,
  3,
  16777217,
  1e30,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
].map(Math.fround);

/** Says where two arrays differ first, or `undefined`. Compares bits, so -0 is not 0; any NaN equals any NaN. */
export function bitDifference(actual: Float32Array, expected: Float32Array): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} elements, not ${expected.length}`;
  for (const [index, value] of expected.entries()) {
    if (!Object.is(actual[index], value)) return `[${index}] is ${actual[index]}, not ${value}`;
  }
  return undefined;
}

/** Numbers that look like parameters and gradients, the same for the same seed (Lehmer's generator). */
export function ordinaryNumbers(length: number, seed: number): Float32Array {
  let state = 48_271 + seed;
  return Float32Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * 4 - 2;
  });
}
