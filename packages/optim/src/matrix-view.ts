import type { LayoutEntry } from '@ds/tensor';
import { sizeOf } from '@ds/tensor';

/** A parameter read as a row-major matrix. */
export interface MatrixView {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Flattens a parameter to the matrix that Muon works on.
 *
 * `outputAxis: 'first'` keeps the first dimension as rows (PyTorch's kernels, `[out, in, height, width]`), `'last'`
 * the last one as columns (those of tfjs, `[height, width, in, out]`).
 */
export function matrixView({ shape }: LayoutEntry, outputAxis: 'first' | 'last'): MatrixView {
  return outputAxis === 'first'
    ? { rows: shape[0]!, columns: sizeOf(shape.slice(1)) }
    : { rows: sizeOf(shape.slice(0, -1)), columns: shape.at(-1)! };
}
