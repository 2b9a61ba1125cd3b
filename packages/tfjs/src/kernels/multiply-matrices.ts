import type { GemmActivation } from '@ds/kernels';
import { batchPairs, multiplyInHeap } from '@ds/kernels';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmAddress, wasmOutput } from '../tfjs-internals.ts';
import type { KernelEnvironment } from './training-kernel.ts';

/** The part of tfjs's attributes that both matrix kernels have. */
export interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** What happens to the product before it is stored. */
export interface Finish {
  readonly bias?: TensorInfo | undefined;
  readonly activation?: GemmActivation | undefined;
  readonly slope?: number | undefined;
}

/** Multiplies two tensors of matrices, or returns `undefined` if their types or shapes do not fit. */
export function multiplyMatrices(
  { a, b }: { readonly a: TensorInfo; readonly b: TensorInfo },
  { transposeA, transposeB }: Transposes,
  { backend, module, scratch }: KernelEnvironment,
  { bias, activation, slope }: Finish = {},
): TensorInfo | undefined {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  const [rows, inner] = lastTwo(a.shape, transposeA);
  const [innerB, columns] = lastTwo(b.shape, transposeB);
  const batchesA = a.shape.slice(0, -2);
  const batchesB = b.shape.slice(0, -2);
  const batches = batchPairs(batchesA, batchesB);
  if (inner !== innerB || batches === undefined) return undefined;
  if (bias !== undefined && (bias.dtype !== 'float32' || bias.shape.join() !== `${columns}`))
    return undefined;

  const output = wasmOutput(backend, [...batches.shape, rows, columns], 'float32');
  multiplyInHeap(module, scratch, {
    target: wasmAddress(backend, output),
    a: wasmAddress(backend, a),
    b: wasmAddress(backend, b),
    rows,
    columns,
    inner,
    transposeA,
    transposeB,
    batchesA,
    batchesB,
    activation,
    slope,
    bias: bias === undefined ? undefined : wasmAddress(backend, bias),
  });
  return output;
}

/** Rows and columns of the matrices, as they are multiplied. */
function lastTwo(shape: readonly number[], transpose: boolean): readonly [rows: number, columns: number] {
  const rows = shape.at(-2)!;
  const columns = shape.at(-1)!;
  return transpose ? [columns, rows] : [rows, columns];
}
