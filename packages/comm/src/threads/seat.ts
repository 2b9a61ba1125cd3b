import type { SharedWorld } from './shared-world.ts';

/** What a worker needs to become a rank. */
export interface Seat {
  readonly world: SharedWorld;
  readonly rank: number;
  readonly timeout: number;
  /** What the launcher's caller gave to all ranks. */
  readonly data: unknown;
}

/** The property of a worker's first message, or of its `workerData`, that holds its seat. */
export const seatKey = 'deepspeedRank';

/** What a worker tells its launcher at the end. */
export type Outcome =
  | { readonly deepspeedOutcome: 'result'; readonly result: unknown }
  /** The rank failed by itself. */
  | { readonly deepspeedOutcome: 'error'; readonly error: Error }
  /** A collective failed: an error as `encodeError` writes it, since a clone would lose its class. */
  | { readonly deepspeedOutcome: 'communication'; readonly text: string };

/** Tells outcomes from other messages of a worker. */
export function isOutcome(message: unknown): message is Outcome {
  return typeof message === 'object' && message !== null && 'deepspeedOutcome' in message;
}
