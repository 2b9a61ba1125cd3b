// Panels of eight for `multiplyTile`, out of matrices whose rows are `stride` bytes apart.
import { packAcross, packAlong } from './pack';

/** Elements side by side in a panel. */
export const PANEL: usize = 8;
/** Bytes from one step of `depth` to the next. */
export const PANEL_STEP: usize = PANEL * 4;

/** Room for `count` rows or columns of `depth` elements. */
export function panelsBytes(count: usize, depth: usize): usize {
  return ((count + PANEL - 1) & ~(PANEL - 1)) * depth * 4;
}

/** Packs `count` rows of `depth` elements, eight rows side by side. */
export function packRows(target: usize, source: usize, stride: usize, count: usize, depth: usize): void {
  for (let row: usize = 0; row < count; row += 4) {
    const panel = target + (row & ~(PANEL - 1)) * depth * 4 + (row & 4) * 4;
    packAlong(panel, PANEL_STEP, source + row * stride, stride, min(count - row, 4), depth);
  }
}

/** Packs `count` columns of `depth` elements, eight columns side by side. */
export function packColumns(target: usize, source: usize, stride: usize, count: usize, depth: usize): void {
  for (let column: usize = 0; column < count; column += 4) {
    const panel = target + (column & ~(PANEL - 1)) * depth * 4 + (column & 4) * 4;
    packAcross(panel, PANEL_STEP, source + column * 4, stride, min(count - column, 4), depth);
  }
}
