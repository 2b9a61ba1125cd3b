// Layer normalization (Ba, Kiros and Hinton 2016) and root-mean-square normalization (Zhang and Sennrich 2019) of the
// rows of a matrix, which differ only in whether a row's mean is taken away first:
//
//   y = gain * n + bias,   n = (x - m) r,   r = 1 / sqrt(mean((x - m)^2) + epsilon)
//
// with m the mean, or 0 and no bias. Their gradient, with h = gain * dy:
//
//   dx = r (h - mean(h) - n mean(h n)),   dgain = sum over rows of dy * n,   dbias = sum over rows of dy
//
// where mean(h) is left out with m. The statistics are computed anew for the gradient: cheaper than keeping them.
import { sumLanes } from './lanes';
import { sumRow } from './sum';

/** Writes the normalized rows. `bias` may be 0, for none. */
export function normalize(
  target: usize,
  x: usize,
  gain: usize,
  bias: usize,
  rows: usize,
  width: usize,
  epsilon: f32,
  centred: bool,
): void {
  const rowBytes = width * 4;
  const vectorEnd = rowBytes & ~15;
  for (let row: usize = 0; row < rows; row++) {
    const m: f32 = centred ? sumRow(x, width) / f32(width) : 0;
    const r: f32 = inverseDeviation(x, width, m, epsilon);
    const mean = f32x4.splat(m);
    const inverse = f32x4.splat(r);
    let at: usize = 0;
    for (; at < vectorEnd; at += 16) {
      const n = f32x4.mul(f32x4.sub(v128.load(x + at), mean), inverse);
      let y = f32x4.mul(n, v128.load(gain + at));
      if (bias != 0) y = f32x4.add(y, v128.load(bias + at));
      v128.store(target + at, y);
    }
    for (; at < rowBytes; at += 4) {
      let y: f32 = (load<f32>(x + at) - m) * r * load<f32>(gain + at);
      if (bias != 0) y += load<f32>(bias + at);
      store<f32>(target + at, y);
    }
    target += rowBytes;
    x += rowBytes;
  }
}

/** Writes the gradients of `normalize`. `dbias` may be 0, for none. */
export function normalizeGradient(
  dx: usize,
  dgain: usize,
  dbias: usize,
  dy: usize,
  x: usize,
  gain: usize,
  rows: usize,
  width: usize,
  epsilon: f32,
  centred: bool,
): void {
  const rowBytes = width * 4;
  const vectorEnd = rowBytes & ~15;
  memory.fill(dgain, 0, rowBytes);
  if (dbias != 0) memory.fill(dbias, 0, rowBytes);
  for (let row: usize = 0; row < rows; row++) {
    const m: f32 = centred ? sumRow(x, width) / f32(width) : 0;
    const r: f32 = inverseDeviation(x, width, m, epsilon);
    const mean = f32x4.splat(m);
    const inverse = f32x4.splat(r);

    // Sums of h and h n, and this row's part of the sums over rows.
    let sums = f32x4.splat(0);
    let products = f32x4.splat(0);
    let at: usize = 0;
    for (; at < vectorEnd; at += 16) {
      const d = v128.load(dy + at);
      const n = f32x4.mul(f32x4.sub(v128.load(x + at), mean), inverse);
      const h = f32x4.mul(d, v128.load(gain + at));
      sums = f32x4.add(sums, h);
      products = f32x4.add(products, f32x4.mul(h, n));
      v128.store(dgain + at, f32x4.add(v128.load(dgain + at), f32x4.mul(d, n)));
      if (dbias != 0) v128.store(dbias + at, f32x4.add(v128.load(dbias + at), d));
    }
    let sum = sumLanes(sums);
    let product = sumLanes(products);
    for (; at < rowBytes; at += 4) {
      const d = load<f32>(dy + at);
      const n: f32 = (load<f32>(x + at) - m) * r;
      const h = d * load<f32>(gain + at);
      sum += h;
      product += h * n;
      store<f32>(dgain + at, load<f32>(dgain + at) + d * n);
      if (dbias != 0) store<f32>(dbias + at, load<f32>(dbias + at) + d);
    }

    const meanH: f32 = centred ? sum / f32(width) : 0;
    const meanProduct: f32 = product / f32(width);
    const shift = f32x4.splat(meanH);
    const tilt = f32x4.splat(meanProduct);
    for (at = 0; at < vectorEnd; at += 16) {
      const n = f32x4.mul(f32x4.sub(v128.load(x + at), mean), inverse);
      const h = f32x4.mul(v128.load(dy + at), v128.load(gain + at));
      v128.store(dx + at, f32x4.mul(inverse, f32x4.sub(f32x4.sub(h, shift), f32x4.mul(n, tilt))));
    }
    for (; at < rowBytes; at += 4) {
      const n: f32 = (load<f32>(x + at) - m) * r;
      const h = load<f32>(dy + at) * load<f32>(gain + at);
      store<f32>(dx + at, r * (h - meanH - n * meanProduct));
    }
    dx += rowBytes;
    dy += rowBytes;
    x += rowBytes;
  }
}

/** r: 1 / sqrt(mean((x - m)^2) + epsilon). */
function inverseDeviation(x: usize, width: usize, m: f32, epsilon: f32): f32 {
  const mean = f32x4.splat(m);
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  const end = x + width * 4;
  for (; x + 32 <= end; x += 32) {
    const a = f32x4.sub(v128.load(x), mean);
    const b = f32x4.sub(v128.load(x, 16), mean);
    s0 = f32x4.add(s0, f32x4.mul(a, a));
    s1 = f32x4.add(s1, f32x4.mul(b, b));
  }
  let sum = sumLanes(f32x4.add(s0, s1));
  for (; x < end; x += 4) {
    const a = load<f32>(x) - m;
    sum += a * a;
  }
  return 1 / sqrt<f32>(sum / f32(width) + epsilon);
}
