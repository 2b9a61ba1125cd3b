import { UnavailableError } from '@ds/tensor';
import { expect, test } from 'vitest';
import { createScratch } from './heap.ts';

function countingHeap(room = Number.POSITIVE_INFINITY): {
  readonly live: Map<number, number>;
  readonly heap: Parameters<typeof createScratch>[0];
} {
  const live = new Map<number, number>();
  let next = 1000;
  return {
    live,
    heap: {
      memory: new WebAssembly.Memory({ initial: 16 }),
      allocate(bytes) {
        if (bytes > room) return 0;
        next += 10_000;
        live.set(next, bytes);
        return next;
      },
      free: (address) => expect(live.delete(address)).toBe(true),
    },
  };
}

test('scratch is one block, aligned to 64 bytes, that grows and is reused', () => {
  const { live, heap } = countingHeap();
  const scratch = createScratch(heap);
  const first = scratch.reserve(100);
  expect(first % 64).toBe(0);
  expect(scratch.reserve(50)).toBe(first);
  expect(live.size).toBe(1);
  const second = scratch.reserve(1000);
  expect(live.size).toBe(1);
  const [[start, bytes]] = [...live] as [[number, number]];
  expect(second).toBeGreaterThanOrEqual(start);
  expect(second + 1000).toBeLessThanOrEqual(start + bytes);
  scratch.dispose();
  scratch.dispose();
  expect(live.size).toBe(0);
  expect(scratch.reserve(0) % 64).toBe(0);
});

test('a full heap is an error that says how large it is', () => {
  const scratch = createScratch(countingHeap(500).heap);
  expect(() => scratch.reserve(1000)).toThrow(UnavailableError);
  expect(() => scratch.reserve(1000)).toThrow('no room for 1000 bytes of scratch memory; it is 1 MiB');
  expect(scratch.reserve(100)).toBeGreaterThan(0);
});
