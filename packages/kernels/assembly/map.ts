// Functions of one element, over a whole array. The last, incomplete vector goes through a copy on one lane.
import { exp } from './exp';

/** target[i] = tanh(source[i]). */
export function tanhAll(target: usize, source: usize, length: usize): void {
  const end = target + length * 4;
  for (; target + 16 <= end; target += 16) {
    v128.store(target, tanh(v128.load(source)));
    source += 16;
  }
  for (; target < end; target += 4) {
    store<f32>(target, f32x4.extract_lane(tanh(v128.load_splat<f32>(source)), 0));
    source += 4;
  }
}

/** target[i] = source[i] to the power of `exponent`, which is 2, 3 or 4. */
export function powerAll(target: usize, source: usize, length: usize, exponent: i32): void {
  const end = target + length * 4;
  for (; target + 16 <= end; target += 16) {
    v128.store(target, power(v128.load(source), exponent));
    source += 16;
  }
  for (; target < end; target += 4) {
    store<f32>(target, f32x4.extract_lane(power(v128.load_splat<f32>(source), exponent), 0));
    source += 4;
  }
}

function power(x: v128, exponent: i32): v128 {
  const square = f32x4.mul(x, x);
  if (exponent == 2) return square;
  return f32x4.mul(square, exponent == 3 ? x : square);
}

/**
 * tanh x = 1 - 2 / (e^(2|x|) + 1) with the sign of x; below 0.55, where that cancels, the odd Taylor series to
 * degree 17, whose remainder is less than a tenth of a unit in the last place there. Within 3 units altogether.
 */
function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const one = f32x4.splat(1);
  const two = f32x4.splat(2);
  const large = f32x4.sub(one, f32x4.div(two, f32x4.add(exp(f32x4.add(size, size)), one)));

  const s = f32x4.mul(x, x);
  let series = f32x4.splat(6404582.0 / 10854718875.0);
  series = f32x4.add(f32x4.mul(series, s), f32x4.splat(-929569.0 / 638512875.0));
  series = f32x4.add(f32x4.mul(series, s), f32x4.splat(21844.0 / 6081075.0));
  series = f32x4.add(f32x4.mul(series, s), f32x4.splat(-1382.0 / 155925.0));
  series = f32x4.add(f32x4.mul(series, s), f32x4.splat(62.0 / 2835.0));
  series = f32x4.add(f32x4.mul(series, s), f32x4.splat(-17.0 / 315.0));
  series = f32x4.add(f32x4.mul(series, s), f32x4.splat(2.0 / 15.0));
  series = f32x4.add(f32x4.mul(series, s), f32x4.splat(-1.0 / 3.0));
  const small = f32x4.add(size, f32x4.mul(f32x4.mul(series, s), size));

  const unsigned = v128.bitselect(small, large, f32x4.lt(size, f32x4.splat(0.55)));
  // The sign bit of x, the rest of the result.
  return v128.bitselect(x, unsigned, i32x4.splat(0x80000000));
}
