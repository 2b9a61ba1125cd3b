import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createInbox } from './inbox.ts';

it('hands over a stream in the pieces asked for, however it arrives', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.record({ receives: fc.boolean(), count: fc.nat(30) }), { maxLength: 60 }),
      (stream, steps) => {
        const inbox = createInbox();
        const received: { readonly into: Uint8Array; readonly transfer: { readonly done: boolean } }[] = [];
        let [arrived, asked] = [0, 0];
        for (const { receives, count } of steps) {
          if (receives) {
            const into = new Uint8Array(Math.min(count, stream.length - asked));
            received.push({ into, transfer: inbox.receive(1, 2, into) });
            asked += into.length;
          } else {
            const bytes = stream.slice(arrived, arrived + count);
            inbox.deliver(1, 2, bytes);
            arrived += bytes.length;
            bytes.fill(0);
          }
          // What belongs to others must stay out.
          inbox.deliver(1, 3, Uint8Array.of(1));
          inbox.deliver(2, 2, Uint8Array.of(1));
        }
        let at = 0;
        for (const { into, transfer } of received) {
          expect(transfer.done).toBe(into.length === 0 || at + into.length <= arrived);
          const came = Math.max(0, Math.min(arrived - at, into.length));
          expect(into.subarray(0, came)).toEqual(stream.slice(at, at + came));
          at += into.length;
        }
      },
    ),
  );
});
