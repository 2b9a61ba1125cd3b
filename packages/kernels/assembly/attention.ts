// Attention of one head: out = softmax(scale q k') v, row by row of q, with `causal` over the keys up to that row.
//
// Four queries at a time: their scores are one row of 4 x 8 tiles (see `gemm.ts`), turned into weights where they lie,
// and then multiplied with v. Never more than four rows of scores exist, so memory is linear in the number of keys.
//
// Matrices are [queries or keys, size] with rows a stride of bytes apart, so a head can be read and written where it
// lies among others. k and v share a stride.
import { exp } from './exp';
import { finishTile } from './finish-tile';
import { maxLanes, sumLanes } from './lanes';
import { log } from './log';
import { multiplyTile } from './multiply-tile';
import { packColumns, packRows, PANEL, PANEL_STEP, panelsBytes } from './panels';

/** A tile that is not stored as it is. */
export const TILE_BYTES: usize = 128;

/** Bytes of scratch that `attend` needs. */
export function attentionScratchBytes(keys: usize, size: usize): usize {
  return TILE_BYTES + panelsBytes(keys, size) + panelsBytes(size, keys) + panelsBytes(keys, 4);
}

/**
 * Writes the output of one head, and for each query the logarithm of the sum of its exponentials, for the gradient.
 * `scale` is positive; with `causal` there are as many keys as queries. There is at least one key.
 */
export function attend(
  out: usize,
  logSums: usize,
  q: usize,
  k: usize,
  v: usize,
  strideOut: usize,
  strideQ: usize,
  strideK: usize,
  queries: usize,
  keys: usize,
  size: usize,
  scale: f32,
  causal: bool,
  scratch: usize,
): void {
  const tile = scratch;
  const panelsK = tile + TILE_BYTES;
  const panelsV = panelsK + panelsBytes(keys, size);
  const scores = panelsV + panelsBytes(size, keys);
  const strideScores = panelsBytes(keys, 1);
  packRows(panelsK, k, strideK, keys, size);
  packColumns(panelsV, v, strideK, size, keys);

  for (let row: usize = 0; row < queries; row += 4) {
    const rows = min(queries - row, 4);
    const limit = causal ? row + rows : keys;
    const lead = q + row * strideQ;
    for (let key: usize = 0; key < limit; key += PANEL) {
      // Queries that do not exist repeat the first one.
      multiplyTile(
        scores + key * 4,
        strideScores,
        lead,
        lead + (rows > 1 ? strideQ : 0),
        lead + (rows > 2 ? strideQ * 2 : 0),
        lead + (rows > 3 ? strideQ * 3 : 0),
        4,
        panelsK + key * size * 4,
        PANEL_STEP,
        size,
      );
    }
    for (let i: usize = 0; i < rows; i++) {
      store<f32>(logSums, softmax(scores + i * strideScores, causal ? row + i + 1 : keys, limit, scale));
      logSums += 4;
    }
    const target = out + row * strideOut;
    for (let column: usize = 0; column < size; column += PANEL) {
      const columns = min(size - column, PANEL);
      const direct = rows == 4 && columns == PANEL;
      const at = target + column * 4;
      multiplyTile(
        direct ? at : tile,
        direct ? strideOut : PANEL_STEP,
        scores,
        scores + strideScores,
        scores + strideScores * 2,
        scores + strideScores * 3,
        4,
        panelsV + column * keys * 4,
        PANEL_STEP,
        limit,
      );
      if (!direct) finishTile(at, strideOut, tile, rows, columns, 1, 0, 0, 0, 0);
    }
  }
}

/**
 * Turns the first `visible` elements of a row into their softmax, and the others before `limit` into zeros. The row
 * has room for a whole number of vectors. Returns the logarithm of the sum of the exponentials.
 */
function softmax(row: usize, visible: usize, limit: usize, scale: f32): f32 {
  const end = row + ((limit + 3) & ~3) * 4;
  for (let at = row + visible * 4; at < end; at += 4) store<f32>(at, -Infinity);
  let largest = f32x4.splat(-Infinity);
  for (let at = row; at < end; at += 16) largest = f32x4.max(largest, v128.load(at));
  const top = maxLanes(largest);
  const shift = f32x4.splat(top);
  const factor = f32x4.splat(scale);
  let sums = f32x4.splat(0);
  for (let at = row; at < end; at += 16) {
    const e = exp(f32x4.mul(f32x4.sub(v128.load(at), shift), factor));
    v128.store(at, e);
    sums = f32x4.add(sums, e);
  }
  const sum = sumLanes(sums);
  const inverse = f32x4.splat(1 / sum);
  for (let at = row; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), inverse));
  return f32(f64(top) * f64(scale) + log(sum));
}
