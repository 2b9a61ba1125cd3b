// Matrix product in float32: c = activation(alpha * op(a) * op(b) + beta * c + bias), all matrices row-major.
//
// Blocking, from the inside out (after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
// 2008):
//
//   tile    4 x 8 elements of c live in eight vector registers while `inner` runs. Two vectors of b and one
//           broadcast element of a complete the eleven of the fifteen registers that V8 has to give. 5 x 8 and
//           6 x 8 gain 3-8% with relaxed multiply-add, but 6 x 8 spills (half the speed) without it; unrolling
//           `inner` spills in every shape.
//   panel   the 8 columns of op(b) under one tile, for INNER_BLOCK rows: 16 KiB, stays in the L1 cache while the
//           tiles below each other are computed. Always packed, unless a single row of tiles would use it once.
//   block   ROW_BLOCK rows of op(a): 256 KiB, stays in the L2 cache while the panels go by. A plain `a` is read
//           where it lies, four rows at a time; a transposed one is packed into panels of 4.
//
// Packing takes the transposes away, so that all four combinations run the same tile. Edges: panels are padded to
// full width, edge tiles are computed in full and only the part that exists is stored. Sums run over `inner` in
// order, in blocks of INNER_BLOCK that are added up in c, so results do not depend on where a row or column lies.
//
// The caller lends `scratch`, `gemmScratchBytes` of it: this module owns no memory.
import { finishTile } from './finish-tile';
import { packAcross, packAlong } from './pack';
import { multiplyTile } from './multiply-tile';

const TILE_ROWS: usize = 4;
const TILE_COLUMNS: usize = 8;
const TILE_BYTES: usize = TILE_ROWS * TILE_COLUMNS * 4;
const ROW_BLOCK: usize = 128;
const COLUMN_BLOCK: usize = 512;
const INNER_BLOCK: usize = 512;

/** Bytes of scratch that one product needs. */
export function gemmScratchBytes(rows: usize, columns: usize, inner: usize, transposeA: bool): usize {
  const depth = min(inner, INNER_BLOCK);
  const blockA = transposeA ? roundUp(min(rows, ROW_BLOCK), TILE_ROWS) * depth * 4 : 0;
  const blockB = roundUp(min(columns, COLUMN_BLOCK), TILE_COLUMNS) * depth * 4;
  return TILE_BYTES + blockA + blockB;
}

/**
 * Computes one product. `bias` is the address of a row of `columns` elements, or 0; `activation` is a number of
 * `activation.ts`. `c` must not overlap `a`, `b`, `bias` or `scratch`. With `beta` 0, `c` is not read.
 */
export function gemm(
  c: usize,
  a: usize,
  b: usize,
  rows: usize,
  columns: usize,
  inner: usize,
  transposeA: bool,
  transposeB: bool,
  alpha: f32,
  beta: f32,
  bias: usize,
  activation: i32,
  slope: f32,
  scratch: usize,
): void {
  const strideA = (transposeA ? rows : inner) * 4;
  const strideB = (transposeB ? inner : columns) * 4;
  const strideC = columns * 4;
  const tile = scratch;
  const packedA = tile + TILE_BYTES;
  const packedB =
    packedA + (transposeA ? roundUp(min(rows, ROW_BLOCK), TILE_ROWS) * min(inner, INNER_BLOCK) * 4 : 0);
  const readsB = !transposeB && rows <= TILE_ROWS;

  for (let column: usize = 0; column < columns; column += COLUMN_BLOCK) {
    const width = min(columns - column, COLUMN_BLOCK);
    let depthStart: usize = 0;
    // Runs once for `inner` 0 too: a sum of nothing is still stored.
    do {
      const depth = min(inner - depthStart, INNER_BLOCK);
      const last = depthStart + depth == inner;
      const first = depthStart == 0;
      const betaNow: f32 = first ? beta : 1;
      const plain = alpha == 1 && betaNow == 0 && (!last || (bias == 0 && activation == 0));
      const blockB = b + (transposeB ? column * strideB + depthStart * 4 : depthStart * strideB + column * 4);
      packB(packedB, blockB, strideB, width, depth, transposeB, readsB);

      for (let row: usize = 0; row < rows; row += ROW_BLOCK) {
        const height = min(rows - row, ROW_BLOCK);
        const blockA = a + (transposeA ? depthStart * strideA + row * 4 : row * strideA + depthStart * 4);
        if (transposeA) packA(packedA, blockA, strideA, height, depth);

        for (let j: usize = 0; j < width; j += TILE_COLUMNS) {
          const tileColumns = min(width - j, TILE_COLUMNS);
          const readsPanel = readsB && tileColumns == TILE_COLUMNS;
          const panelB = readsPanel ? blockB + j * 4 : packedB + j * depth * 4;
          const stepB = readsPanel ? strideB : TILE_COLUMNS * 4;

          for (let i: usize = 0; i < height; i += TILE_ROWS) {
            const tileRows = min(height - i, TILE_ROWS);
            const target = c + (row + i) * strideC + (column + j) * 4;
            const direct = plain && tileRows == TILE_ROWS && tileColumns == TILE_COLUMNS;
            const lead = transposeA ? packedA + i * depth * 4 : blockA + i * strideA;
            // Rows that do not exist repeat the first one; their sums are not stored.
            const rowStep: usize = transposeA ? 4 : strideA;
            multiplyTile(
              direct ? target : tile,
              direct ? strideC : TILE_COLUMNS * 4,
              lead,
              lead + (transposeA || tileRows > 1 ? rowStep : 0),
              lead + (transposeA || tileRows > 2 ? rowStep * 2 : 0),
              lead + (transposeA || tileRows > 3 ? rowStep * 3 : 0),
              transposeA ? TILE_ROWS * 4 : 4,
              panelB,
              stepB,
              depth,
            );
            if (direct) continue;
            finishTile(
              target,
              strideC,
              tile,
              tileRows,
              tileColumns,
              alpha,
              betaNow,
              last && bias != 0 ? bias + (column + j) * 4 : 0,
              last ? activation : 0,
              slope,
            );
          }
        }
      }
      depthStart += depth;
    } while (depthStart < inner);
  }
}

/** Packs `width` columns of op(b) into panels of 8; with `edgeOnly` only the panel that is not full. */
function packB(
  target: usize,
  source: usize,
  stride: usize,
  width: usize,
  depth: usize,
  transpose: bool,
  edgeOnly: bool,
): void {
  const start = edgeOnly ? width & ~(TILE_COLUMNS - 1) : 0;
  const step = TILE_COLUMNS * 4;
  for (let j = start; j < width; j += 4) {
    const lanes = min(width - j, 4);
    const panel = target + (j & ~(TILE_COLUMNS - 1)) * depth * 4 + (j & 4) * 4;
    if (transpose) packAlong(panel, step, source + j * stride, stride, lanes, depth);
    else packAcross(panel, step, source + j * 4, stride, lanes, depth);
  }
}

/** Packs `height` rows of op(a), a transposed, into panels of 4. */
function packA(target: usize, source: usize, stride: usize, height: usize, depth: usize): void {
  for (let i: usize = 0; i < height; i += TILE_ROWS) {
    packAcross(
      target + i * depth * 4,
      TILE_ROWS * 4,
      source + i * 4,
      stride,
      min(height - i, TILE_ROWS),
      depth,
    );
  }
}

function roundUp(value: usize, multiple: usize): usize {
  return (value + multiple - 1) & ~(multiple - 1);
}
