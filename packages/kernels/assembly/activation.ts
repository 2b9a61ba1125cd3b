// Activations that `gemm` applies to its result. NaN passes through all of them.

const RELU: i32 = 1;
const RELU6: i32 = 2;
const LEAKY_RELU: i32 = 3;

/** 0 is none, 1 relu, 2 relu6, 3 leaky relu with `slope` below zero. */
export function activate(x: v128, activation: i32, slope: f32): v128 {
  const zero = f32x4.splat(0);
  switch (activation) {
    case RELU:
      return f32x4.pmax(x, zero);
    case RELU6:
      return f32x4.pmin(f32x4.pmax(x, zero), f32x4.splat(6));
    case LEAKY_RELU:
      return v128.bitselect(f32x4.mul(x, f32x4.splat(slope)), x, f32x4.lt(x, zero));
    default:
      return x;
  }
}
