import { InvalidArgumentError, UnavailableError } from '@ds/tensor';

/** Pieces of a shared memory that one thread has taken for itself. */
export interface Arena {
  /** Address of that many bytes, filled with zeros. */
  allocate(bytes: number): number;
  /** Takes back what `allocate` gave. */
  free(address: number): void;
  /** Bytes at an address, which another thread may have allocated. */
  view(address: number, bytes: number): Uint8Array;
  /** The address of bytes that lie in the memory; 0 for all others. */
  addressOf(bytes: Uint8Array): number;
}

const pageBytes = 65_536;

/** Creates an arena that grows the memory by what it needs, in pages, and uses again what was freed. */
export function createArena(memory: WebAssembly.Memory): Arena {
  const taken = new Map<number, number>();
  const free: { readonly address: number; readonly pages: number }[] = [];
  /** Growing replaces the buffer; arrays on earlier ones go on to show the same memory. */
  const buffers = new WeakSet<ArrayBufferLike>();
  const view = (address: number, bytes: number): Uint8Array => {
    // Read once: when another thread grows the memory, the next look at it may give another buffer.
    let { buffer } = memory;
    if (address + bytes > buffer.byteLength) {
      // Growing by nothing makes this thread see what others have added.
      memory.grow(0);
      ({ buffer } = memory);
    }
    buffers.add(buffer);
    return new Uint8Array(buffer, address, bytes);
  };
  return {
    view,
    allocate(bytes) {
      const pages = Math.max(1, Math.ceil(bytes / pageBytes));
      const index = free.findIndex((block) => block.pages === pages);
      let address: number;
      if (index === -1) {
        try {
          address = memory.grow(pages) * pageBytes;
        } catch (cause) {
          throw new UnavailableError(`The ranks' shared memory cannot grow by ${bytes} bytes.`, { cause });
        }
      } else {
        address = free.splice(index, 1)[0]!.address;
        view(address, bytes).fill(0);
      }
      taken.set(address, pages);
      return address;
    },
    free(address) {
      const pages = taken.get(address);
      if (pages === undefined) {
        throw new InvalidArgumentError(
          'Only an array that allocate() returned can be freed, once, by its own rank.',
        );
      }
      taken.delete(address);
      free.push({ address, pages });
    },
    addressOf: (bytes) => (buffers.has(bytes.buffer) ? bytes.byteOffset : 0),
  };
}
