/** A stream of bytes from one thread to another, in shared memory; each end is used by one thread. */
export interface Ring {
  /** Writes what there is room for, and returns how many bytes that was. */
  write(channel: number, bytes: Uint8Array): number;
  /** Hands all there is to `take`, and tells whether there was any. The bytes are valid during the call only. */
  read(take: (channel: number, bytes: Uint8Array) => void): boolean;
}

/** Channel and length of what follows. */
const frameHeader = 8;
const line = 64;

/** Bytes of memory that a ring of a capacity takes. */
export function ringBytes(capacity: number): number {
  return capacity + 2 * line;
}

/**
 * Opens the ring at a byte offset. Its counters of bytes written and read run modulo 2^32.
 *
 * @param capacity a power of two.
 */
export function createRing(buffer: ArrayBufferLike, offset: number, capacity: number): Ring {
  const head = new Int32Array(buffer, offset, 1);
  const tail = new Int32Array(buffer, offset + line, 1);
  const words = new Uint32Array(buffer, offset + 2 * line, capacity / 4);
  const data = new Uint8Array(buffer, offset + 2 * line, capacity);
  const mask = capacity - 1;
  // The reader should be able to begin before the writer has finished.
  const largestFrame = capacity / 4;
  const padded = (length: number): number => frameHeader + ((length + 7) & ~7);

  return {
    write(channel, bytes) {
      let position = Atomics.load(head, 0);
      let written = 0;
      for (;;) {
        const free = capacity - ((position - Atomics.load(tail, 0)) >>> 0) - frameHeader;
        const length = Math.min(bytes.length - written, free, largestFrame);
        if (length <= 0) return written;
        const at = position & mask;
        words[at / 4] = channel;
        words[at / 4 + 1] = length;
        const start = (at + frameHeader) & mask;
        const first = Math.min(length, capacity - start);
        data.set(bytes.subarray(written, written + first), start);
        data.set(bytes.subarray(written + first, written + length), 0);
        written += length;
        position = (position + padded(length)) | 0;
        Atomics.store(head, 0, position);
      }
    },
    read(take) {
      let position = Atomics.load(tail, 0);
      const end = Atomics.load(head, 0);
      if (position === end) return false;
      while (position !== end) {
        const at = position & mask;
        const channel = words[at / 4]!;
        const length = words[at / 4 + 1]!;
        const start = (at + frameHeader) & mask;
        const first = Math.min(length, capacity - start);
        take(channel, data.subarray(start, start + first));
        if (first < length) take(channel, data.subarray(0, length - first));
        position = (position + padded(length)) | 0;
        Atomics.store(tail, 0, position);
      }
      return true;
    },
  };
}
