// The natural logarithm of one number; the standard library's brings tables, and this module has no data.

/**
 * ln x for x >= 1, as sums of exponentials less their maximum are. Infinity and NaN give themselves.
 *
 * x = 2^n m with m near 1, and ln m = 2 artanh t for t = (m - 1) / (m + 1), |t| < 0.172: a series whose first
 * neglected term is below 1e-12.
 */
export function log(x: f64): f64 {
  if (!(x < Infinity)) return x;
  let n = i32((reinterpret<u64>(x) >> 52) & 0x7ff) - 1023;
  let m = reinterpret<f64>((reinterpret<u64>(x) & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > Math.SQRT2) {
    m *= 0.5;
    n++;
  }
  const t = (m - 1) / (m + 1);
  const s = t * t;
  let series: f64 = 1.0 / 13;
  series = series * s + 1.0 / 11;
  series = series * s + 1.0 / 9;
  series = series * s + 1.0 / 7;
  series = series * s + 1.0 / 5;
  series = series * s + 1.0 / 3;
  series = series * s + 1;
  return f64(n) * Math.LN2 + 2 * t * series;
}
