/** What a client says first, as JSON. */
export interface JoinMessage {
  readonly join: string;
  /** The rank it wants to be; default: the lowest that is free. */
  readonly rank?: number;
}

/** What a rank tells the relay, as JSON; data goes in binary messages. */
export type RankMessage =
  | { readonly leave: true }
  /** An error as `encodeError` writes it. */
  | { readonly abort: string };

/** What the relay tells ranks, as JSON. */
export type RelayMessage =
  | { readonly joined: number; readonly size: number }
  | { readonly start: { readonly rank: number; readonly size: number; readonly maxMessageBytes: number } }
  | { readonly left: number }
  | { readonly abort: string };

/** Why the relay closes a connection (RFC 6455 leaves 4000 to 4999 to applications). */
export const closeCode = {
  badMessage: 4400,
  wrongToken: 4401,
  noSeat: 4409,
  silent: 4408,
  relayCloses: 1001,
} as const;

/** Bytes before the data of a binary message: the other rank and the channel, as u32. */
export const frameHeaderBytes = 8;

/** A binary message: to the relay it names the receiver, from the relay the sender. */
export function encodeFrame(peer: number, channel: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(frameHeaderBytes + data.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, peer, true);
  view.setUint32(4, channel, true);
  frame.set(data, frameHeaderBytes);
  return frame;
}

/** Reads a binary message; the data is a view of it. */
export function decodeFrame(frame: Uint8Array): {
  readonly peer: number;
  readonly channel: number;
  readonly data: Uint8Array;
} {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return {
    peer: view.getUint32(0, true),
    channel: view.getUint32(4, true),
    data: frame.subarray(frameHeaderBytes),
  };
}

/** Reads JSON that must be an object; `undefined` for anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
