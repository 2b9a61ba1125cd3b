/** A shift that leaves nothing, however it is rounded. */
const everything = 26;

/**
 * How float32 numbers become a narrower format, by their upper 9 bits (sign and exponent): `base << 5 | shift`.
 *
 * The narrow code is `base` plus the mantissa, its leading one included, shifted right by `shift` and rounded. Numbers
 * that vanish or overflow have a shift that leaves nothing of the mantissa. So every number takes the same path,
 * without branches that a processor could mispredict: how fast it is does not depend on the numbers.
 *
 * @param bits of the format: its sign is the uppermost.
 * @param mantissaBits of these.
 * @param bias of the exponent.
 * @param infinity the code of numbers whose exponent is too large; codes of finite ones are below.
 */
export function createNarrowing(
  bits: number,
  mantissaBits: number,
  bias: number,
  infinity: number,
): Int32Array {
  const dropped = 23 - mantissaBits;
  return Int32Array.from({ length: 512 }, (_, upper) => {
    const sign = (upper >>> 8) << (bits - 1);
    const exponent = (upper & 0xff) - 127 + bias;
    // The mantissa's leading one adds the last unit of the exponent.
    const code = Math.max(0, exponent - 1) << mantissaBits;
    if (exponent > 0 && code + (1 << mantissaBits) >= infinity) return ((sign | infinity) << 5) | everything;
    // Subnormal there: shifted further, into units of the smallest narrow number.
    const subnormal = Math.max(0, 1 - exponent);
    return ((sign | code) << 5) | Math.min(everything, dropped + subnormal);
  });
}

/**
 * The code of the narrow float nearest to a float32 that is not NaN, both as bits; ties to even.
 *
 * A shift by an entry is one by its lower 5 bits: that is how JavaScript shifts.
 */
export function narrowFloat(bits: number, narrowing: Int32Array): number {
  const entry = narrowing[bits >>> 23]!;
  const mantissa = (bits & 0x7fffff) | 0x800000;
  const belowHalf = (1 << (entry - 1)) - 1;
  return (entry >> 5) + ((mantissa + belowHalf + ((mantissa >> entry) & 1)) >> entry);
}

/** The number that a code without sign stands for, if it is a finite one; exact. */
export function widenFloat(code: number, mantissaBits: number, bias: number): number {
  const exponent = code >>> mantissaBits;
  const mantissa = code & ((1 << mantissaBits) - 1);
  return exponent === 0
    ? mantissa * 2 ** (1 - bias - mantissaBits)
    : (mantissa + 2 ** mantissaBits) * 2 ** (exponent - bias - mantissaBits);
}
