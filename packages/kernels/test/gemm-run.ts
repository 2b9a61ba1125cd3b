import type { HeapProduct } from '../src/index.ts';
import { batchPairs, createScratch, instantiateHeapModule, multiplyInHeap } from '../src/index.ts';

/** A product by its numbers instead of addresses. */
export interface GemmCase extends Omit<HeapProduct, 'target' | 'a' | 'b' | 'bias'> {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly bias?: Float32Array | undefined;
  /** What the target holds before; default 0.25 everywhere. */
  readonly before?: Float32Array;
  readonly relaxedSimd: boolean;
  readonly shared?: boolean;
  /** Elements that each operand lies off a multiple of 16 bytes; default 1. */
  readonly misaligned?: number;
}

/** Elements in the result of a product. */
export function resultSize({ rows, columns, batchesA = [], batchesB = [] }: GemmCase): number {
  return (batchPairs(batchesA, batchesB)?.pairs.length ?? 0) * rows * columns;
}

const pageBytes = 65_536;

const guard = Math.fround(1234.5678);

/** Runs `multiplyInHeap` in a memory with guard numbers around everything, and returns the target. */
export function multiplyInMemory(given: GemmCase): Float32Array {
  const before = given.before ?? new Float32Array(resultSize(given)).fill(0.25);
  const lengths = [before, given.a, given.b, given.bias ?? []].map(({ length }) => length);
  const pages = Math.ceil((lengths.reduce((sum, length) => sum + length + 64) * 4) / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 256, shared: given.shared ?? false });
  let numbers = new Float32Array(memory.buffer).fill(guard);
  let end = given.misaligned ?? 1;
  const place = (values: Float32Array): number => {
    // 16 guard numbers, and a multiple of 4 so that all are off by the same.
    const start = end + 16;
    end = start + Math.ceil(values.length / 4) * 4;
    numbers.set(values, start);
    return start * 4;
  };
  const [target, a, b] = [place(before), place(given.a), place(given.b)];
  const bias = given.bias === undefined ? undefined : place(given.bias);
  let scratchBytes = 0;
  const heap = {
    memory,
    // Grows the memory, as tfjs's allocator may: views of it become useless, addresses stay.
    allocate(bytes: number): number {
      scratchBytes = bytes;
      const start = memory.grow(Math.ceil(bytes / pageBytes)) * pageBytes;
      numbers = new Float32Array(memory.buffer).fill(guard, (start + bytes) / 4);
      return start;
    },
    free() {},
  };
  const module = instantiateHeapModule(memory, { relaxedSimd: given.relaxedSimd });
  multiplyInHeap(module, createScratch(heap), { ...given, target, a, b, bias });

  const view = (at: number, values: Float32Array): Float32Array =>
    numbers.subarray(at / 4, at / 4 + values.length);
  const result = view(target, before).slice();
  for (const [at, values] of [
    [a, given.a],
    [b, given.b],
    [bias ?? 0, given.bias ?? new Float32Array()],
  ] as const) {
    if (values.some((value, i) => !Object.is(numbers[at / 4 + i], value))) {
      throw new Error('An operand changed.');
    }
    view(at, values).fill(guard);
  }
  view(target, before).fill(guard);
  numbers.fill(guard, (pages * pageBytes) / 4, (pages * pageBytes + scratchBytes) / 4);
  let touched = 0;
  while (numbers[touched] === guard) touched++;
  if (touched < numbers.length) {
    throw new Error(`The product wrote outside of its target, at element ${touched}.`);
  }
  return result;
}
