import type { Rule } from '@ds/tensor';
import { instantiateRule } from '../src/index.ts';

const guard = Math.fround(1234.5678);

/**
 * Runs a compiled rule on slots laid out in one WebAssembly memory with guard numbers around each, every slot
 * `misaligned` elements off a multiple of 16 bytes, and returns what the slots hold then.
 */
export function runInMemory(
  rule: Rule,
  slots: readonly Float32Array[],
  scalars: readonly number[],
  length: number,
  { misaligned = 1, shared = false }: { readonly misaligned?: number; readonly shared?: boolean } = {},
): Float32Array[] {
  const strides = slots.map((values) => Math.ceil(values.length / 4) * 4 + 8);
  const elements = strides.reduce((sum, stride) => sum + stride, 8);
  const pages = Math.ceil((elements * 4) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  const numbers = new Float32Array(memory.buffer).fill(guard);
  let at = 4 + misaligned;
  const starts = strides.map((stride) => (at += stride) - stride);
  for (const [slot, values] of slots.entries()) numbers.set(values, starts[slot]);
  instantiateRule(rule, memory).run(
    starts.map((start) => start * 4),
    scalars,
    length,
  );
  const results = slots.map((values, slot) => {
    const result = numbers.slice(starts[slot], starts[slot]! + values.length);
    numbers.fill(guard, starts[slot], starts[slot]! + values.length);
    return result;
  });
  const touched = numbers.findIndex((value) => value !== guard);
  if (touched !== -1) throw new Error(`The rule wrote outside of its slots, at element ${touched}.`);
  return results;
}
