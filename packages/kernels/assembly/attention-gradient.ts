// The gradient of `attend`. With weights p = softmax(scale q k'), recomputed from the logarithms of their sums:
//
//   dv = p' dout,   dp = dout v',   ds = scale p (dp - d),   dq = ds k,   dk = ds' q
//
// where d is the row sum of p dp, which equals that of out dout (Dao et al., "FlashAttention", 2022).
//
// Keys go by in blocks, for each of which p and ds of all queries are kept: dk and dv of a block are then one product
// each, dq adds up over blocks, and memory is linear in the number of queries.
import { exp } from './exp';
import { finishTile } from './finish-tile';
import { sumLanes } from './lanes';
import { multiplyTile } from './multiply-tile';
import { packColumns, packRows, PANEL, PANEL_STEP, panelsBytes } from './panels';
import { TILE_BYTES } from './attention';

const BLOCK: usize = 64;
/** Bytes between rows of p and ds: some cache lines more than BLOCK, for columns to spread over the cache. */
const BLOCK_STRIDE: usize = (BLOCK + 16) * 4;

/** Bytes of scratch that `attendGradient` needs. */
export function attentionGradientScratchBytes(queries: usize, keys: usize, size: usize): usize {
  const block = min(keys, BLOCK);
  return (
    TILE_BYTES +
    2 * panelsBytes(size, queries) +
    2 * panelsBytes(block, size) +
    panelsBytes(size, block) +
    2 * ((queries + 3) & ~3) * BLOCK_STRIDE
  );
}

/**
 * Writes the gradients of one head's q, k and v. Those of k and v share a stride, as k and v do, and `dout` has that
 * of `out`.
 */
export function attendGradient(
  dq: usize,
  dk: usize,
  dv: usize,
  dout: usize,
  q: usize,
  k: usize,
  v: usize,
  out: usize,
  logSums: usize,
  strideDq: usize,
  strideDk: usize,
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
  const blockMost = min(keys, BLOCK);
  const tile = scratch;
  const panelsQ = tile + TILE_BYTES;
  const panelsDout = panelsQ + panelsBytes(size, queries);
  const rowsK = panelsDout + panelsBytes(size, queries);
  const rowsV = rowsK + panelsBytes(blockMost, size);
  const columnsK = rowsV + panelsBytes(blockMost, size);
  const p = columnsK + panelsBytes(size, blockMost);
  const ds = p + ((queries + 3) & ~3) * BLOCK_STRIDE;
  packColumns(panelsQ, q, strideQ, size, queries);
  packColumns(panelsDout, dout, strideOut, size, queries);

  for (let first: usize = 0; first < keys; first += BLOCK) {
    const block = min(keys - first, BLOCK);
    packRows(rowsK, k + first * strideK, strideK, block, size);
    packRows(rowsV, v + first * strideK, strideK, block, size);
    packColumns(columnsK, k + first * strideK, strideK, size, block);

    for (let row: usize = causal ? first : 0; row < queries; row += 4) {
      const rows = min(queries - row, 4);
      const limit = causal ? min(row + rows - first, block) : block;
      const rowP = p + row * BLOCK_STRIDE;
      const rowDs = ds + row * BLOCK_STRIDE;
      multiplyRows(rowP, q + row * strideQ, strideQ, rows, rowsK, limit, size);
      multiplyRows(rowDs, dout + row * strideOut, strideOut, rows, rowsV, limit, size);
      for (let i: usize = 0; i < rows; i++) {
        const visible = causal ? min(row + i + 1 - first, limit) : limit;
        const at = (row + i) * strideOut;
        const correction = dot(out + at, dout + at, size);
        const logSum = load<f32>(logSums + (row + i) * 4);
        const offset = i * BLOCK_STRIDE;
        weigh(rowP + offset, rowDs + offset, visible, limit, scale, logSum, correction);
      }
      storeProduct(
        dq + row * strideDq,
        strideDq,
        rows,
        size,
        rowDs,
        BLOCK_STRIDE,
        4,
        columnsK,
        block,
        limit,
        tile,
        first != 0,
      );
    }
    for (let key: usize = 0; key < block; key += 4) {
      // Earlier queries do not see these keys.
      const row = causal ? first + key : 0;
      const rows = min(block - key, 4);
      const at = row * BLOCK_STRIDE + key * 4;
      const target = (first + key) * strideDk;
      const skipped = row * PANEL_STEP;
      const depth = queries - row;
      storeProduct(
        dv + target,
        strideDk,
        rows,
        size,
        p + at,
        4,
        BLOCK_STRIDE,
        panelsDout + skipped,
        queries,
        depth,
        tile,
        false,
      );
      storeProduct(
        dk + target,
        strideDk,
        rows,
        size,
        ds + at,
        4,
        BLOCK_STRIDE,
        panelsQ + skipped,
        queries,
        depth,
        tile,
        false,
      );
    }
  }
}

/** Four rows of `a`, of which `rows` exist, times the first `count` rows packed in `panels`. */
function multiplyRows(
  target: usize,
  a: usize,
  stride: usize,
  rows: usize,
  panels: usize,
  count: usize,
  size: usize,
): void {
  for (let key: usize = 0; key < count; key += PANEL) {
    multiplyTile(
      target + key * 4,
      BLOCK_STRIDE,
      a,
      a + (rows > 1 ? stride : 0),
      a + (rows > 2 ? stride * 2 : 0),
      a + (rows > 3 ? stride * 3 : 0),
      4,
      panels + key * size * 4,
      PANEL_STEP,
      size,
    );
  }
}

/**
 * Stores, or adds, `rows` x `columns` of a product. Rows of its left side are `rowStep` bytes apart and their elements
 * `stepA`; the panels on the right hold `panelDepth` steps, of which `depth` are used.
 */
function storeProduct(
  target: usize,
  stride: usize,
  rows: usize,
  columns: usize,
  a: usize,
  rowStep: usize,
  stepA: usize,
  panels: usize,
  panelDepth: usize,
  depth: usize,
  tile: usize,
  adds: bool,
): void {
  for (let column: usize = 0; column < columns; column += PANEL) {
    const width = min(columns - column, PANEL);
    const direct = rows == 4 && width == PANEL && !adds;
    const at = target + column * 4;
    multiplyTile(
      direct ? at : tile,
      direct ? stride : PANEL_STEP,
      a,
      a + rowStep,
      a + rowStep * 2,
      a + rowStep * 3,
      stepA,
      panels + column * panelDepth * 4,
      PANEL_STEP,
      depth,
    );
    if (!direct) finishTile(at, stride, tile, rows, width, 1, adds ? 1 : 0, 0, 0, 0);
  }
}

/** Turns a row of scores into p and a row of dp into ds; zeros from `visible` to `limit`, and on to a whole vector. */
function weigh(
  p: usize,
  ds: usize,
  visible: usize,
  limit: usize,
  scale: f32,
  logSum: f32,
  correction: f32,
): void {
  const factor = f32x4.splat(scale);
  const shift = f32x4.splat(logSum);
  const center = f32x4.splat(correction);
  for (let at: usize = 0; at < visible * 4; at += 16) {
    const weight = exp(f32x4.sub(f32x4.mul(v128.load(p + at), factor), shift));
    v128.store(p + at, weight);
    v128.store(ds + at, f32x4.mul(f32x4.mul(weight, f32x4.sub(v128.load(ds + at), center)), factor));
  }
  const end = ((limit + 3) & ~3) * 4;
  for (let at = visible * 4; at < end; at += 4) {
    store<f32>(p + at, 0);
    store<f32>(ds + at, 0);
  }
}

function dot(a: usize, b: usize, length: usize): f32 {
  const end = a + length * 4;
  let sums = f32x4.splat(0);
  for (; a + 16 <= end; a += 16) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(a), v128.load(b)));
    b += 16;
  }
  let sum = sumLanes(sums);
  for (; a < end; a += 4) {
    sum += load<f32>(a) * load<f32>(b);
    b += 4;
  }
  return sum;
}
