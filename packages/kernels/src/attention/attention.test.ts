import { createRandom } from '@ds/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantiateHeapModule } from '../heap/heap-module.ts';
import { createScratch } from '../heap/heap.ts';
import type { AttentionSizes, HeadRows } from './attention.ts';
import { attendGradientInHeap, attendInHeap } from './attention.ts';

type Rows = number[][];

/** One head in float64, from the definitions; gradients from those of the softmax's Jacobian. */
function reference(
  q: Rows,
  k: Rows,
  v: Rows,
  dout: Rows,
  scale: number,
  causal: boolean,
): Record<string, Rows> {
  const dot = (a: number[], b: number[]): number =>
    a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  const weights = q.map((row, i) => {
    const scores = k.map((key, j) => (causal && j > i ? Number.NEGATIVE_INFINITY : scale * dot(row, key)));
    const most = Math.max(...scores);
    const sum = scores.reduce((total, score) => total + Math.exp(score - most), 0);
    return scores.map((score) => Math.exp(score - most) / sum);
  });
  const slopes = weights.map((row, i) => {
    const raw = v.map((value) => dot(dout[i]!, value));
    const mean = dot(row, raw);
    return row.map((weight, j) => scale * weight * (raw[j]! - mean));
  });
  const times = (a: Rows, b: Rows, width: number): Rows =>
    a.map((row) =>
      Array.from({ length: width }, (_, c) =>
        dot(
          row,
          b.map((other) => other[c]!),
        ),
      ),
    );
  const transposed = (a: Rows, width: number): Rows =>
    Array.from({ length: width }, (_, c) => a.map((row) => row[c]!));
  const size = v[0]!.length;
  return {
    out: times(weights, v, size),
    dq: times(slopes, k, size),
    dk: times(transposed(slopes, k.length), q, size),
    dv: times(transposed(weights, k.length), dout, size),
  };
}

/** A heap that gives out memory in order, with numbers around each piece that nobody may touch. */
function createHeap(): {
  memory: WebAssembly.Memory;
  place(length: number): number;
  intact(): boolean;
  allocate(bytes: number): number;
  free(): void;
} {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const guards: number[] = [];
  let end = 64;
  const allocate = (bytes: number): number => {
    const start = end;
    end += Math.ceil(bytes / 64) * 64;
    return start;
  };
  const guard = (): void => {
    const at = allocate(64);
    new Float32Array(memory.buffer, at, 16).fill(1234);
    guards.push(at);
  };
  return {
    memory,
    allocate,
    free() {},
    place(length) {
      guard();
      const at = allocate(4 * length);
      // What is left of a float32 there must not matter.
      new Float32Array(memory.buffer, at, length).fill(Number.NaN);
      end = at + 4 * length;
      end = Math.ceil(end / 4) * 4;
      guard();
      end = Math.ceil(end / 64) * 64;
      return at;
    },
    intact: () =>
      guards.every((at) => new Float32Array(memory.buffer, at, 16).every((value) => value === 1234)),
  };
}

function check(sizes: AttentionSizes, packed: boolean, relaxedSimd: boolean): void {
  const { batch, heads, queries, keys, size, scale, causal } = sizes;
  const heap = createHeap();
  const numbers = (): Float32Array => new Float32Array(heap.memory.buffer);
  const random = createRandom(5);
  const width = heads * size;
  const separate = (time: number): HeadRows => ({
    address: heap.place(batch * heads * time * size),
    batch: heads * time * size,
    head: time * size,
    row: size,
  });
  const triple = (): HeadRows[] => {
    if (!packed) return [separate(queries), separate(keys), separate(keys)];
    const address = heap.place(batch * queries * 3 * width);
    return [0, 1, 2].map((part) => ({
      address: address + 4 * part * width,
      batch: queries * 3 * width,
      head: size,
      row: 3 * width,
    }));
  };
  const single = (): HeadRows =>
    packed
      ? { address: heap.place(batch * queries * width), batch: queries * width, head: size, row: width }
      : separate(queries);
  const at = (rows: HeadRows, sequence: number, head: number, row: number): number =>
    rows.address / 4 + sequence * rows.batch + head * rows.head + row * rows.row;
  const each = (run: (sequence: number, head: number) => void): void => {
    for (let sequence = 0; sequence < batch; sequence++)
      for (let head = 0; head < heads; head++) run(sequence, head);
  };
  const fill = (rows: HeadRows, time: number): void =>
    each((sequence, head) => {
      for (let row = 0; row < time; row++) {
        for (let i = 0; i < size; i++) numbers()[at(rows, sequence, head, row) + i] = random.normal();
      }
    });
  const read = (rows: HeadRows, time: number, sequence: number, head: number): Rows =>
    Array.from({ length: time }, (_, row) => {
      const start = at(rows, sequence, head, row);
      return [...numbers().subarray(start, start + size)];
    });

  const [query, key, value] = triple() as [HeadRows, HeadRows, HeadRows];
  const [queryGradient, keyGradient, valueGradient] = triple() as [HeadRows, HeadRows, HeadRows];
  const [out, outGradient] = [single(), single()];
  const logSums = heap.place(batch * heads * queries);
  fill(query, queries);
  fill(key, keys);
  fill(value, keys);
  fill(outGradient, queries);

  const module = instantiateHeapModule(heap.memory, { relaxedSimd });
  const scratch = createScratch(heap);
  const operands = { query, key, value, out, logSums };
  attendInHeap(module, scratch, sizes, operands);
  attendGradientInHeap(module, scratch, sizes, {
    ...operands,
    outGradient,
    queryGradient,
    keyGradient,
    valueGradient,
  });

  expect(heap.intact()).toBe(true);
  each((sequence, head) => {
    const rowsOf = (rows: HeadRows, time: number): Rows => read(rows, time, sequence, head);
    const expected = reference(
      rowsOf(query, queries),
      rowsOf(key, keys),
      rowsOf(value, keys),
      rowsOf(outGradient, queries),
      scale,
      causal,
    );
    const actual = {
      out: rowsOf(out, queries),
      dq: rowsOf(queryGradient, queries),
      dk: rowsOf(keyGradient, keys),
      dv: rowsOf(valueGradient, keys),
    };
    for (const [name, rows] of Object.entries(actual)) {
      for (const [i, row] of rows.entries()) {
        for (const [j, element] of row.entries()) {
          // float32 sums of up to some hundred terms, in exponents too.
          const wanted = expected[name]![i]![j]!;
          expect(Math.abs(element - wanted), `${name}[${i}][${j}]`).toBeLessThan(
            3e-5 * (1 + Math.abs(wanted)),
          );
        }
      }
    }
  });
}

describe.each([false, true])('attention, relaxed SIMD %s', (relaxedSimd) => {
  const base = { batch: 2, heads: 3, queries: 10, keys: 10, size: 8, scale: 0.4, causal: false };

  test.each([
    ['of separate tensors', base, false],
    ['to fewer keys', { ...base, keys: 3 }, false],
    ['causal, packed', { ...base, causal: true }, true],
    ['of one query to one key', { ...base, queries: 1, keys: 1, size: 1 }, true],
    ['over several blocks of keys', { ...base, batch: 1, heads: 1, queries: 20, keys: 150, size: 5 }, false],
    ['causal, over several blocks', { ...base, batch: 1, queries: 131, keys: 131, causal: true }, true],
  ])('%s', (_, sizes, packed) => {
    check(sizes, packed, relaxedSimd);
  });

  test('of any sizes', () => {
    const count = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(
        count(80),
        count(80),
        count(19),
        fc.boolean(),
        fc.boolean(),
        (queries, keys, size, causal, packed) => {
          const same = causal || packed;
          check(
            { batch: 1, heads: 2, queries, keys: same ? queries : keys, size, scale: 0.3, causal },
            packed,
            relaxedSimd,
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

test('scratch memory is linear in queries and keys', () => {
  const module = instantiateHeapModule(new WebAssembly.Memory({ initial: 1 }));
  const bytes = (time: number): number[] => [
    module.attentionScratchBytes(time, 64),
    module.attentionGradientScratchBytes(time, time, 64),
  ];
  for (const [index, double] of bytes(8192).entries())
    expect(double).toBeLessThan(2.01 * bytes(4096)[index]!);
});
