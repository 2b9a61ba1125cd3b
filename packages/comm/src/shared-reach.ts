import type { Operation } from './call.ts';
import type { Transfer } from './transport.ts';

/** Where a rank shows the others what it works on: two slots, used in turn, and a counter of its steps. */
export interface Window {
  readonly address: number;
  /** Steps that this rank has announced. */
  steps: number;
  /** How often a slot was filled. */
  uses: number;
}

/** Memory that all ranks see, by byte address. */
export interface SharedReach {
  /** Bytes of a slot. */
  readonly slotBytes: number;
  /** This rank's window for a channel, made at the first call. */
  window(channel: number): Window;
  /** The address of a window's slot for its n-th use. */
  slot(window: number, use: number): number;
  /** Announces this rank's next step in a group; done when all others have announced theirs. */
  arrive(window: Window, peers: readonly { readonly rank: number; readonly window: number }[]): Transfer[];
  /** Combines float32 runs of several ranks, in their order; the target may be one of them. */
  reduce(
    window: number,
    operation: Operation,
    sources: readonly number[],
    target: number,
    bytes: number,
  ): void;
  allocate(bytes: number): number;
  free(address: number): void;
  view(address: number, bytes: number): Uint8Array;
  /** The address of bytes that lie in the memory; 0 for all others. */
  addressOf(bytes: Uint8Array): number;
}
