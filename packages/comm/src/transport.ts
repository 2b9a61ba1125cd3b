import type { CommunicationError } from './communication-error.ts';
import type { SharedReach } from './shared-reach.ts';

/** Bytes on their way to or from another rank. */
export interface Transfer {
  /** The other rank, by its number in the world. */
  readonly peer: number;
  /** Bytes that have been moved; tells a slow rank from a stalled one. */
  readonly moved: number;
  readonly done: boolean;
}

/**
 * Ordered, reliable byte streams between every two ranks, one per channel: what collectives are made of.
 *
 * Receives of a (rank, channel) are served in the order of the calls, each with as many bytes as it asks for; a
 * message must be received in the pieces it was sent in.
 */
export interface Transport {
  readonly rank: number;
  readonly size: number;
  /** Why no more can be done; set by `abort`, by another rank's `abort`, or when a rank was lost. */
  readonly failure: CommunicationError | undefined;
  /** `bytes` must stay as they are until the transfer is done. */
  send(to: number, channel: number, bytes: Uint8Array): Transfer;
  receive(from: number, channel: number, into: Uint8Array): Transfer;
  /** Moves what can be moved now. */
  poll(): void;
  /** Resolves when there may be something to poll for, or after some milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** The same, blocking the thread; absent where the transport cannot. */
  readonly block?: (milliseconds: number) => void;
  /** Memory that all ranks see, where there is any: collectives then need no copies on the way. */
  readonly shared?: SharedReach;
  /** Ends the job on all ranks: their calls fail with this error. */
  abort(error: CommunicationError): void;
  /** Tells whether a rank left the job in peace: nothing more will come from it. */
  hasLeft(rank: number): boolean;
  /** Leaves the job in peace. */
  close(): Promise<void>;
}
