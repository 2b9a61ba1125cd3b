import { InvalidArgumentError } from '@ds/tensor';
import type { HeapModule } from '../heap/heap-module.ts';
import type { Scratch } from '../heap/heap.ts';
import { batchPairs } from './batch-pairs.ts';

/** Functions that `multiply` can apply to its result, as the module numbers them. NaN passes through. */
const activations = { linear: 0, relu: 1, relu6: 2, leakyrelu: 3 };

/** The name of a function that `multiply` can apply to its result. */
export type GemmActivation = keyof typeof activations;

/**
 * Tells whether `multiply` can apply an activation; tfjs has more.
 *
 * @example
 * isGemmActivation('relu'); // true
 * isGemmActivation('elu'); // false
 */
export function isGemmActivation(name: string): name is GemmActivation {
  return Object.hasOwn(activations, name);
}

/**
 * Products of matrices in a heap: `target = activation(alpha * op(a) * op(b) + beta * target + bias)`, for each
 * pair of batches. float32, row-major, addresses in bytes.
 */
export interface HeapProduct {
  /** `rows x columns` for each batch. Must not overlap the operands. */
  readonly target: number;
  /** `rows x inner`, or `inner x rows` when `transposeA`, for each batch. */
  readonly a: number;
  /** `inner x columns`, or `columns x inner` when `transposeB`, for each batch. */
  readonly b: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly transposeA?: boolean | undefined;
  readonly transposeB?: boolean | undefined;
  /** Batch shapes, default []; they broadcast. */
  readonly batchesA?: readonly number[] | undefined;
  readonly batchesB?: readonly number[] | undefined;
  /** Default 1. */
  readonly alpha?: number | undefined;
  /** Default 0: what the target held before is ignored, NaN included. */
  readonly beta?: number | undefined;
  /** A row of `columns` elements that is added to every row. */
  readonly bias?: number | undefined;
  /** Default `linear`. */
  readonly activation?: GemmActivation | undefined;
  /** Factor of negative numbers in `leakyrelu`; default 0.2. */
  readonly slope?: number | undefined;
}

/**
 * Multiplies matrices in the heap that `module` and `scratch` belong to.
 *
 * Sums run over `inner` in order with float32 accumulators, so results are the same wherever a row or column lies
 * and however many there are.
 *
 * @throws InvalidArgumentError when the batch shapes do not fit; UnavailableError when the heap has no room for the
 * scratch memory.
 *
 * @example
 * const memory = new WebAssembly.Memory({ initial: 32 });
 * let end = 64;
 * const scratch = createScratch({ memory, allocate: (bytes) => (end += bytes) - bytes, free() {} });
 * new Float32Array(memory.buffer).set([1, 2, 3, 4]); // a 2 x 2 matrix at address 0
 * multiplyInHeap(instantiateHeapModule(memory), scratch, { target: 16, a: 0, b: 0, rows: 2, columns: 2, inner: 2 });
 * new Float32Array(memory.buffer, 16, 4); // [7, 10, 15, 22]
 */
export function multiplyInHeap(module: HeapModule, scratch: Scratch, product: HeapProduct): void {
  const { target, a, b, columns, inner, transposeA = false, transposeB = false } = product;
  const { batchesA = [], batchesB = [], activation = 'linear' } = product;
  const batches = batchPairs(batchesA, batchesB);
  if (batches === undefined) {
    throw new InvalidArgumentError(
      `Batches of shape [${batchesA.join(', ')}] and [${batchesB.join(', ')}] cannot be multiplied: each ` +
        'dimension, counted from the last, must be the same in both, or 1 in one of them.',
    );
  }
  let { pairs } = batches;
  let { rows } = product;
  // All batches of a meet one b: their rows make one tall matrix, for which b is packed once.
  if (!transposeA && pairs.length > 1 && pairs.every(([pairA, pairB], i) => pairA === i && pairB === 0)) {
    rows *= pairs.length;
    pairs = [[0, 0]];
  }
  if (pairs.length === 0 || rows === 0 || columns === 0) return;
  const work = scratch.reserve(module.gemmScratchBytes(rows, columns, inner, Number(transposeA)));
  for (const [i, [pairA, pairB]] of pairs.entries()) {
    module.gemm(
      target + i * rows * columns * 4,
      a + pairA * rows * inner * 4,
      b + pairB * columns * inner * 4,
      rows,
      columns,
      inner,
      Number(transposeA),
      Number(transposeB),
      product.alpha ?? 1,
      product.beta ?? 0,
      product.bias ?? 0,
      activations[activation],
      product.slope ?? 0.2,
      work,
    );
  }
}
