import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRing, ringBytes } from './ring.ts';

it('carries what is written, in order, past its end and past the end of its counters', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ channel: fc.nat(5), length: fc.integer({ min: 1, max: 300 }), read: fc.boolean() }),
      ),
      fc.constantFrom(0, 64, -64, 2 ** 31 - 128),
      (steps, start) => {
        const buffer = new SharedArrayBuffer(ringBytes(256));
        new Int32Array(buffer, 0, 1)[0] = start;
        new Int32Array(buffer, 64, 1)[0] = start;
        const [writer, reader] = [createRing(buffer, 0, 256), createRing(buffer, 0, 256)];
        const sent: number[] = [];
        const got: number[] = [];
        const drain = (): boolean =>
          reader.read((channel, bytes) => {
            for (const byte of bytes) got.push(1000 * channel + byte);
          });
        let next = 0;
        for (const { channel, length, read } of steps) {
          const bytes = Uint8Array.from({ length }, () => next++);
          for (let written = 0; written < length;) {
            const count = writer.write(channel, bytes.subarray(written));
            // A ring without room takes nothing, and has room again when it was read.
            expect(count > 0 || drain()).toBe(true);
            written += count;
          }
          for (const byte of bytes) sent.push(1000 * channel + byte);
          if (read) drain();
        }
        drain();
        expect(got).toEqual(sent);
        expect(drain()).toBe(false);
      },
    ),
  );
});
