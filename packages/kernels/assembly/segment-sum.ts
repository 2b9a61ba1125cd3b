// Sums rows into segments: the gradient of looking rows up, as every embedding does.

/**
 * Sets the `segments` rows of `target` to sums of the `count` rows of `source` (`width` elements each): row i goes
 * to segment `ids[i]` (int32), and nowhere if there is no such segment. Rows are added in order.
 */
export function segmentSum(
  target: usize,
  source: usize,
  ids: usize,
  count: usize,
  width: usize,
  segments: usize,
): void {
  const rowBytes = width * 4;
  memory.fill(target, 0, segments * rowBytes);
  for (let i: usize = 0; i < count; i++) {
    // Negative ids are large as unsigned numbers.
    const id: usize = load<u32>(ids + i * 4);
    if (id < segments) addRow(target + id * rowBytes, source + i * rowBytes, width);
  }
}

/** Adds `width` elements of `source` to those of `target`. */
export function addRow(target: usize, source: usize, width: usize): void {
  const end = target + width * 4;
  for (; target + 16 <= end; target += 16) {
    v128.store(target, f32x4.add(v128.load(target), v128.load(source)));
    source += 16;
  }
  for (; target < end; target += 4) {
    store<f32>(target, load<f32>(target) + load<f32>(source));
    source += 4;
  }
}
