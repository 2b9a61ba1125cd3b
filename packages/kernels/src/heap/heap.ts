import { UnavailableError } from '@ds/tensor';

/** Memory that kernels work in, with its allocator; tfjs's WebAssembly heap is one. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Returns the address of `bytes` bytes, or 0 when there is no room. May grow the memory. */
  allocate(bytes: number): number;
  free(address: number): void;
}

/** Memory that a kernel needs only while it runs, kept for the next run. */
export interface Scratch {
  /** Returns the address of at least `bytes` bytes with any content, valid until the next call. */
  reserve(bytes: number): number;
  dispose(): void;
}

// A cache line: panels of packed matrices should not straddle more of them than they must.
const alignment = 64;

/**
 * Creates scratch memory that grows to the largest size that was asked for.
 *
 * Addresses are multiples of 64. `reserve` throws `UnavailableError` when the heap has no room.
 *
 * @example
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * let end = 64;
 * const scratch = createScratch({ memory, allocate: (bytes) => (end += bytes) - bytes, free() {} });
 * scratch.reserve(1000); // 64
 */
export function createScratch(heap: Heap): Scratch {
  let start = 0;
  let size = 0;
  const dispose = (): void => {
    if (start !== 0) heap.free(start);
    start = 0;
    size = 0;
  };
  return {
    reserve(bytes) {
      if (bytes > size || start === 0) {
        dispose();
        start = heap.allocate(bytes + alignment);
        if (start === 0) {
          throw new UnavailableError(
            `The heap has no room for ${bytes} bytes of scratch memory; it is ` +
              `${Math.round(heap.memory.buffer.byteLength / 2 ** 20)} MiB. Free slabs or tensors.`,
          );
        }
        size = bytes;
      }
      return Math.ceil(start / alignment) * alignment;
    },
    dispose,
  };
}
