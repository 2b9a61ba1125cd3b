import type { Transfer } from './transport.ts';

/** A receive: where to put bytes, and how many have come. */
interface Receive extends Transfer {
  readonly into: Uint8Array;
  moved: number;
  done: boolean;
}

/** The bytes of one rank and channel: those not asked for yet, or the receives not served yet. */
interface Stream {
  readonly early: Uint8Array[];
  readonly waiting: Receive[];
}

/** Hands arriving bytes to those who asked for them, and keeps what nobody has asked for yet. */
export interface Inbox {
  /** Takes bytes that arrived; those that nobody waits for are copied. */
  deliver(from: number, channel: number, bytes: Uint8Array): void;
  receive(from: number, channel: number, into: Uint8Array): Transfer;
}

/** Creates an empty inbox. */
export function createInbox(): Inbox {
  const streams = new Map<number, Stream>();
  const streamOf = (from: number, channel: number): Stream => {
    const key = from * 2 ** 32 + channel;
    let stream = streams.get(key);
    if (stream === undefined) streams.set(key, (stream = { early: [], waiting: [] }));
    return stream;
  };
  /** Fills a receive, and returns what is left of the bytes. */
  const fill = (receive: Receive, bytes: Uint8Array): Uint8Array => {
    const count = Math.min(bytes.length, receive.into.length - receive.moved);
    receive.into.set(count === bytes.length ? bytes : bytes.subarray(0, count), receive.moved);
    receive.moved += count;
    receive.done = receive.moved === receive.into.length;
    return bytes.subarray(count);
  };
  return {
    deliver(from, channel, bytes) {
      const { early, waiting } = streamOf(from, channel);
      let rest = bytes;
      while (rest.length > 0 && waiting.length > 0) {
        rest = fill(waiting[0]!, rest);
        if (waiting[0]!.done) waiting.shift();
      }
      if (rest.length > 0) early.push(rest.slice());
    },
    receive(from, channel, into) {
      const { early, waiting } = streamOf(from, channel);
      const receive: Receive = { peer: from, into, moved: 0, done: into.length === 0 };
      while (!receive.done && waiting.length === 0 && early.length > 0) {
        const rest = fill(receive, early[0]!);
        if (rest.length > 0) early[0] = rest;
        else early.shift();
      }
      if (!receive.done) waiting.push(receive);
      return receive;
    },
  };
}
