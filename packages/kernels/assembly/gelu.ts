// The Gaussian error linear unit in its tanh form (Hendrycks and Gimpel 2016), over whole arrays:
//
//   gelu(x) = x / 2 (1 + tanh u) = x s,   u = sqrt(2 / pi) (x + 0.044715 x^3),   s = 1 / (1 + e^(-2u))
import { exp } from './exp';

const CUBIC: f32 = 0.044715;
/** 2 sqrt(2 / pi). */
const TWICE_ROOT: f32 = 1.5957691216057308;

/** target[i] = gelu(source[i]). */
export function geluAll(target: usize, source: usize, length: usize): void {
  const end = target + length * 4;
  for (; target + 16 <= end; target += 16) {
    const x = v128.load(source);
    v128.store(target, f32x4.mul(x, gate(x)));
    source += 16;
  }
  for (; target < end; target += 4) {
    const x = v128.load_splat<f32>(source);
    store<f32>(target, f32x4.extract_lane(f32x4.mul(x, gate(x)), 0));
    source += 4;
  }
}

/** target[i] = gradient[i] * gelu'(source[i]). `target` may be `gradient`. */
export function geluGradient(target: usize, gradient: usize, source: usize, length: usize): void {
  const end = target + length * 4;
  for (; target + 16 <= end; target += 16) {
    v128.store(target, f32x4.mul(v128.load(gradient), slope(v128.load(source))));
    gradient += 16;
    source += 16;
  }
  for (; target < end; target += 4) {
    store<f32>(target, load<f32>(gradient) * f32x4.extract_lane(slope(v128.load_splat<f32>(source)), 0));
    gradient += 4;
    source += 4;
  }
}

/** target[i] = gradient[i], but 0 where output[i] <= 0. `target` may be `gradient`. */
export function reluGradient(target: usize, gradient: usize, output: usize, length: usize): void {
  const end = target + length * 4;
  for (; target + 16 <= end; target += 16) {
    const flat = f32x4.le(v128.load(output), f32x4.splat(0));
    v128.store(target, v128.andnot(v128.load(gradient), flat));
    gradient += 16;
    output += 16;
  }
  for (; target < end; target += 4) {
    store<f32>(target, load<f32>(output) <= 0 ? 0 : load<f32>(gradient));
    gradient += 4;
    output += 4;
  }
}

/** s. */
function gate(x: v128): v128 {
  const square = f32x4.mul(x, x);
  const inner = f32x4.mul(
    x,
    f32x4.add(f32x4.splat(-TWICE_ROOT), f32x4.mul(square, f32x4.splat(-TWICE_ROOT * CUBIC))),
  );
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp(inner)));
}

/** gelu'(x) = s + x s (1 - s) 2u'. */
function slope(x: v128): v128 {
  const s = gate(x);
  const inner = f32x4.add(
    f32x4.splat(TWICE_ROOT),
    f32x4.mul(f32x4.mul(x, x), f32x4.splat(TWICE_ROOT * CUBIC * 3)),
  );
  const rest = f32x4.mul(f32x4.mul(s, f32x4.sub(f32x4.splat(1), s)), f32x4.mul(x, inner));
  return f32x4.add(s, rest);
}
