// The exponential function on four floats.

/**
 * e^x. Below -87.3, where a normal float32 cannot hold it, the result is 0; above 88.7 it is Infinity. NaN gives NaN.
 *
 * x = n ln 2 + r with |r| <= ln 2 / 2: e^r by its Taylor polynomial of degree 7, 2^n by writing the exponent bits.
 * ln 2 is subtracted in two parts, the first short enough for n times it to be exact (Cody and Waite).
 */
export function exp(x: v128): v128 {
  const clamped = f32x4.min(f32x4.max(x, f32x4.splat(-88)), f32x4.splat(89));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(Mathf.LOG2E)));
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-0.00021219444005469057)));
  let y = f32x4.splat(1.0 / 5040);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 720));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 120));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 24));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 6));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(0.5));
  y = f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), f32x4.add(r, f32x4.splat(1)));
  // In two factors: n reaches 128, whose power of two is no float32 by itself.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  y = f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
  return v128.bitselect(f32x4.splat(0), y, f32x4.lt(x, f32x4.splat(-87.33654)));
}

/** 2^n for n from -126 to 127. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}
