// Packing for `gemm`: four rows or columns of a matrix, laid out so that the four elements that a step of `inner`
// needs are adjacent. A panel of eight is two of these side by side.

/**
 * Packs four columns of a matrix that is stored with `inner` down (`stride` bytes between its rows).
 * `target` gets four elements every `step` bytes. Columns that do not exist (`lanes` < 4) become zeros.
 */
export function packAcross(
  target: usize,
  step: usize,
  source: usize,
  stride: usize,
  lanes: usize,
  depth: usize,
): void {
  const end = target + depth * step;
  if (lanes == 4) {
    while (target != end) {
      v128.store(target, v128.load(source));
      target += step;
      source += stride;
    }
    return;
  }
  while (target != end) {
    v128.store(target, f32x4.splat(0));
    for (let lane: usize = 0; lane < lanes; lane++) {
      store<f32>(target + lane * 4, load<f32>(source + lane * 4));
    }
    target += step;
    source += stride;
  }
}

/**
 * Packs four rows of a matrix that is stored with `inner` along its rows (`stride` bytes between them), by 4 x 4
 * transposes. Rows that do not exist (`lanes` < 4) repeat the first one.
 */
export function packAlong(
  target: usize,
  step: usize,
  source: usize,
  stride: usize,
  lanes: usize,
  depth: usize,
): void {
  let row0 = source;
  let row1 = source + (lanes > 1 ? stride : 0);
  let row2 = source + (lanes > 2 ? stride * 2 : 0);
  let row3 = source + (lanes > 3 ? stride * 3 : 0);
  for (; depth >= 4; depth -= 4) {
    const v0 = v128.load(row0);
    const v1 = v128.load(row1);
    const v2 = v128.load(row2);
    const v3 = v128.load(row3);
    const low01 = v128.shuffle<f32>(v0, v1, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(v0, v1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(v2, v3, 0, 4, 1, 5);
    const high23 = v128.shuffle<f32>(v2, v3, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<f64>(low01, low23, 0, 2));
    target += step;
    v128.store(target, v128.shuffle<f64>(low01, low23, 1, 3));
    target += step;
    v128.store(target, v128.shuffle<f64>(high01, high23, 0, 2));
    target += step;
    v128.store(target, v128.shuffle<f64>(high01, high23, 1, 3));
    target += step;
    row0 += 16;
    row1 += 16;
    row2 += 16;
    row3 += 16;
  }
  for (; depth > 0; depth--) {
    store<f32>(target, load<f32>(row0));
    store<f32>(target, load<f32>(row1), 4);
    store<f32>(target, load<f32>(row2), 8);
    store<f32>(target, load<f32>(row3), 12);
    target += step;
    row0 += 4;
    row1 += 4;
    row2 += 4;
    row3 += 4;
  }
}
