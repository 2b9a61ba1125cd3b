// The inner loop of `gemm`: 4 x 8 sums in registers.

/** a * b + c, rounded once where the module is built with relaxed SIMD (and the machine can), else twice. */
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}

/**
 * Stores at `target` the sums over `depth` of four rows of a (`a0`..`a3`, elements `stepA` bytes apart) times eight
 * columns of b (adjacent; rows `stepB` bytes apart).
 *
 * Not unrolled: with two rows of b in flight V8 runs out of registers and loses a third of the speed.
 */
export function multiplyTile(
  target: usize,
  stride: usize,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  stepA: usize,
  b: usize,
  stepB: usize,
  depth: usize,
): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0);
  let s31 = f32x4.splat(0);
  const end = b + depth * stepB;
  while (b != end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x0 = v128.load_splat<f32>(a0);
    s00 = multiplyAdd(x0, b0, s00);
    s01 = multiplyAdd(x0, b1, s01);
    const x1 = v128.load_splat<f32>(a1);
    s10 = multiplyAdd(x1, b0, s10);
    s11 = multiplyAdd(x1, b1, s11);
    const x2 = v128.load_splat<f32>(a2);
    s20 = multiplyAdd(x2, b0, s20);
    s21 = multiplyAdd(x2, b1, s21);
    const x3 = v128.load_splat<f32>(a3);
    s30 = multiplyAdd(x3, b0, s30);
    s31 = multiplyAdd(x3, b1, s31);
    a0 += stepA;
    a1 += stepA;
    a2 += stepA;
    a3 += stepA;
    b += stepB;
  }
  v128.store(target, s00);
  v128.store(target, s01, 16);
  target += stride;
  v128.store(target, s10);
  v128.store(target, s11, 16);
  target += stride;
  v128.store(target, s20);
  v128.store(target, s21, 16);
  target += stride;
  v128.store(target, s30);
  v128.store(target, s31, 16);
}
