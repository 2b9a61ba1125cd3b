import type { HeapModule } from '../heap/heap-module.ts';
import type { Scratch } from '../heap/heap.ts';

/** Where the rows of all heads lie in a heap: an address in bytes, and distances in elements. */
export interface HeadRows {
  readonly address: number;
  /** From one sequence of the batch to the next. */
  readonly batch: number;
  /** From one head to the next. */
  readonly head: number;
  /** From one row of a head to the next. */
  readonly row: number;
}

/** The sizes of an attention. */
export interface AttentionSizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  /** As many as queries when `causal`; at least one. */
  readonly keys: number;
  /** Elements in a row of a head. */
  readonly size: number;
  /** Positive factor of the scores. */
  readonly scale: number;
  /** Whether a query sees only the keys up to its own place. */
  readonly causal: boolean;
}

/** What attention reads and writes. `key` and `value` have equal distances. */
export interface AttentionOperands {
  readonly out: HeadRows;
  /** Address of a number for each batch, head and query, adjacent. */
  readonly logSums: number;
  readonly query: HeadRows;
  readonly key: HeadRows;
  readonly value: HeadRows;
}

/** What the gradient of attention reads and writes besides. Distances of `outGradient` are those of `out`. */
export interface AttentionGradientOperands extends AttentionOperands {
  readonly outGradient: HeadRows;
  readonly queryGradient: HeadRows;
  /** These two have equal distances. */
  readonly keyGradient: HeadRows;
  readonly valueGradient: HeadRows;
}

/**
 * `out = softmax(scale * query key') value` for every batch and head, with `logSums` the logarithms of the sums in the
 * softmax.
 *
 * Scratch memory is linear in the number of keys. NaN and infinities in a value may reach the outputs of up to three
 * queries that do not see it.
 *
 * @throws UnavailableError when the heap has no room for the scratch memory.
 *
 * @example
 * // memory, module and scratch as for `multiplyInHeap`, with `end` from 512 on
 * new Float32Array(memory.buffer, 192).set([1, 2, 3, 4]); // two values; the query and keys are zeros
 * const rows = (address: number): HeadRows => ({ address, batch: 4, head: 4, row: 2 });
 * const operands = { out: rows(0), logSums: 64, query: rows(128), key: rows(160), value: rows(192) };
 * const sizes = { batch: 1, heads: 1, queries: 1, keys: 2, size: 2, scale: 1, causal: false };
 * attendInHeap(module, scratch, sizes, operands);
 * new Float32Array(memory.buffer, 0, 2); // [2, 3], the mean of the values
 */
export function attendInHeap(
  module: HeapModule,
  scratch: Scratch,
  sizes: AttentionSizes,
  { out, logSums, query, key, value }: AttentionOperands,
): void {
  const { queries, keys, size, scale } = sizes;
  const causal = Number(sizes.causal);
  const work = scratch.reserve(module.attentionScratchBytes(keys, size));
  forEachHead(sizes, (at, index) => {
    module.attend(
      at(out),
      logSums + index * queries * 4,
      at(query),
      at(key),
      at(value),
      out.row * 4,
      query.row * 4,
      key.row * 4,
      queries,
      keys,
      size,
      scale,
      causal,
      work,
    );
  });
}

/**
 * The gradients of `attendInHeap`, from what it read and wrote. Scratch memory is linear in queries and keys.
 *
 * @throws UnavailableError when the heap has no room for the scratch memory.
 *
 * @example
 * // continues the example of `attendInHeap`
 * new Float32Array(memory.buffer, 256).set([1, 1]);
 * const gradients = { queryGradient: rows(288), keyGradient: rows(320), valueGradient: rows(352) };
 * attendGradientInHeap(module, scratch, sizes, { ...operands, outGradient: rows(256), ...gradients });
 * new Float32Array(memory.buffer, 352, 4); // [0.5, 0.5, 0.5, 0.5]
 */
export function attendGradientInHeap(
  module: HeapModule,
  scratch: Scratch,
  sizes: AttentionSizes,
  operands: AttentionGradientOperands,
): void {
  const { out, logSums, query, key, value, outGradient, queryGradient, keyGradient, valueGradient } =
    operands;
  const { queries, keys, size, scale } = sizes;
  const causal = Number(sizes.causal);
  const work = scratch.reserve(module.attentionGradientScratchBytes(queries, keys, size));
  forEachHead(sizes, (at, index) => {
    module.attendGradient(
      at(queryGradient),
      at(keyGradient),
      at(valueGradient),
      at(outGradient),
      at(query),
      at(key),
      at(value),
      at(out),
      logSums + index * queries * 4,
      queryGradient.row * 4,
      keyGradient.row * 4,
      out.row * 4,
      query.row * 4,
      key.row * 4,
      queries,
      keys,
      size,
      scale,
      causal,
      work,
    );
  });
}

function forEachHead(
  { batch, heads }: AttentionSizes,
  run: (at: (rows: HeadRows) => number, index: number) => void,
): void {
  for (let sequence = 0; sequence < batch; sequence++) {
    for (let head = 0; head < heads; head++) {
      run((rows) => rows.address + 4 * (sequence * rows.batch + head * rows.head), sequence * heads + head);
    }
  }
}
