// Cross-entropy of the softmax of rows of logits against the number of the right class:
//
//   loss = log(sum(e^x)) - x[label],   dx = (softmax(x) - one at the label) * dloss
import { exp } from './exp';
import { maxLanes, sumLanes } from './lanes';
import { log } from './log';

/** Writes a loss for each row. Labels are int32, from 0 to `classes` - 1. */
export function crossEntropy(losses: usize, logits: usize, labels: usize, rows: usize, classes: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    const largest = maxRow(logits, classes);
    const sum = sumExponentials(logits, classes, largest);
    const logit = load<f32>(logits + usize(load<u32>(labels)) * 4);
    store<f32>(losses, f32(log(sum) + f64(largest) - f64(logit)));
    logits += classes * 4;
    labels += 4;
    losses += 4;
  }
}

/**
 * Writes the gradient of `crossEntropy`. That of row i's loss is `factor` times the number at
 * `gradient` + i * `gradientStep`; with step 0 one number serves all rows.
 */
export function crossEntropyGradient(
  target: usize,
  logits: usize,
  labels: usize,
  gradient: usize,
  gradientStep: usize,
  factor: f32,
  rows: usize,
  classes: usize,
): void {
  const rowBytes = classes * 4;
  const vectorEnd = rowBytes & ~15;
  for (let row: usize = 0; row < rows; row++) {
    const largest = maxRow(logits, classes);
    const sum = writeExponentials(target, logits, classes, largest);
    const weight: f32 = load<f32>(gradient) * factor;
    const scale: f32 = f32(f64(weight) / sum);
    let at: usize = 0;
    for (; at < vectorEnd; at += 16) {
      v128.store(target + at, f32x4.mul(v128.load(target + at), f32x4.splat(scale)));
    }
    for (; at < rowBytes; at += 4) store<f32>(target + at, load<f32>(target + at) * scale);
    const right = target + usize(load<u32>(labels)) * 4;
    store<f32>(right, load<f32>(right) - weight);
    target += rowBytes;
    logits += rowBytes;
    labels += 4;
    gradient += gradientStep;
  }
}

/** The largest element; NaN if one is, -Infinity if there is none. */
function maxRow(x: usize, length: usize): f32 {
  let largest = f32x4.splat(-Infinity);
  const end = x + length * 4;
  for (; x + 16 <= end; x += 16) largest = f32x4.max(largest, v128.load(x));
  let result = maxLanes(largest);
  for (; x < end; x += 4) result = max(result, load<f32>(x));
  return result;
}

function sumExponentials(x: usize, length: usize, largest: f32): f64 {
  const shift = f32x4.splat(largest);
  let s = f32x4.splat(0);
  const end = x + length * 4;
  for (; x + 16 <= end; x += 16) s = f32x4.add(s, exp(f32x4.sub(v128.load(x), shift)));
  let sum = sumLanes(s);
  for (; x < end; x += 4) sum += f32x4.extract_lane(exp(f32x4.sub(v128.load_splat<f32>(x), shift)), 0);
  return sum;
}

/** As `sumExponentials`, and keeps what it adds up. */
function writeExponentials(target: usize, x: usize, length: usize, largest: f32): f64 {
  const shift = f32x4.splat(largest);
  let s = f32x4.splat(0);
  const end = x + length * 4;
  for (; x + 16 <= end; x += 16) {
    const e = exp(f32x4.sub(v128.load(x), shift));
    v128.store(target, e);
    s = f32x4.add(s, e);
    target += 16;
  }
  let sum = sumLanes(s);
  for (; x < end; x += 4) {
    const e = f32x4.extract_lane(exp(f32x4.sub(v128.load_splat<f32>(x), shift)), 0);
    store<f32>(target, e);
    sum += e;
    target += 4;
  }
  return sum;
}
