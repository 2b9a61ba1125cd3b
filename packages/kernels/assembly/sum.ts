// Sums over the middle axis of an array seen as outer x middle x inner.
import { addRow } from './segment-sum';

/**
 * Sets `target` (outer x inner) to the sums of `source` over its middle axis.
 *
 * With `inner` 1, elements are added in sixteen interleaved partial sums, which is faster and more exact than one
 * after the other; otherwise rows are added in order.
 */
export function sumMiddle(target: usize, source: usize, outer: usize, middle: usize, inner: usize): void {
  const rowBytes = inner * 4;
  if (inner == 1) {
    for (let i: usize = 0; i < outer; i++) {
      store<f32>(target, sumRow(source, middle));
      target += 4;
      source += middle * 4;
    }
    return;
  }
  memory.fill(target, 0, outer * rowBytes);
  for (let i: usize = 0; i < outer; i++) {
    for (let j: usize = 0; j < middle; j++) {
      addRow(target, source, inner);
      source += rowBytes;
    }
    target += rowBytes;
  }
}

/** The sum of adjacent elements. */
export function sumRow(source: usize, length: usize): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  const end = source + length * 4;
  for (; source + 64 <= end; source += 64) {
    s0 = f32x4.add(s0, v128.load(source));
    s1 = f32x4.add(s1, v128.load(source, 16));
    s2 = f32x4.add(s2, v128.load(source, 32));
    s3 = f32x4.add(s3, v128.load(source, 48));
  }
  for (; source + 16 <= end; source += 16) s0 = f32x4.add(s0, v128.load(source));
  const s = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  let sum =
    f32x4.extract_lane(s, 0) +
    f32x4.extract_lane(s, 1) +
    (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3));
  for (; source < end; source += 4) sum += load<f32>(source);
  return sum;
}
