import { batchPairs } from '../src/index.ts';
import type { GemmCase } from './gemm-run.ts';
import { resultSize } from './gemm-run.ts';

const activations = {
  linear: (x: number): number => x,
  relu: (x: number): number => Math.max(x, 0),
  relu6: (x: number): number => Math.min(Math.max(x, 0), 6),
  leakyrelu: (x: number): number => (x < 0 ? Math.fround(0.2) * x : x),
};

/** The product in float64 by three loops, and for each element the sum of the sizes of all its terms. */
export function multiplyOracle(given: GemmCase): { values: Float64Array; sizes: Float64Array } {
  const { rows, columns, inner, a, b, bias, before, alpha = 1, beta = 0 } = given;
  const { transposeA = false, transposeB = false, batchesA = [], batchesB = [] } = given;
  const activate = activations[given.activation ?? 'linear'];
  const values = new Float64Array(resultSize(given));
  const sizes = new Float64Array(values.length);
  for (const [batch, [batchA, batchB]] of batchPairs(batchesA, batchesB)!.pairs.entries()) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let value = 0;
        let size = 0;
        for (let k = 0; k < inner; k++) {
          const x = a[batchA * rows * inner + (transposeA ? k * rows + i : i * inner + k)]!;
          const y = b[batchB * inner * columns + (transposeB ? j * inner + k : k * columns + j)]!;
          value += x * y;
          size += Math.abs(x * y);
        }
        const at = (batch * rows + i) * columns + j;
        const old = beta === 0 ? 0 : beta * (before?.[at] ?? 0.25);
        values[at] = activate(alpha * value + old + (bias?.[j] ?? 0));
        sizes[at] = Math.abs(alpha) * size + Math.abs(old) + Math.abs(bias?.[j] ?? 0);
      }
    }
  }
  return { values, sizes };
}
