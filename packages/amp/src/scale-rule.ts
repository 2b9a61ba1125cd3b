import type { LossScaleEventKind } from './loss-scaler.ts';

/** How a scale changes: what tells one kind of scaler from another. */
export interface ScaleRule<State> {
  readonly dynamic: boolean;
  readonly scale: number;
  /** Whether an overflow now would have to reduce the scale and cannot. */
  readonly exhausted: boolean;
  /** Counts a step without overflow. */
  grow(): void;
  /** Counts a step with overflow; says what was done. */
  shrink(): LossScaleEventKind;
  stateDict(): State;
  loadStateDict(state: unknown): void;
}

/** The largest power of two whose reciprocal is a normal float32: devices may take smaller ones for 0. */
export const largestScale: number = 2 ** 126;

/** The smallest normal float32. */
export const smallestScale: number = 2 ** -126;
