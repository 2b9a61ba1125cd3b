/**
 * The one file that touches fields of tfjs which its documentation does not promise. `@tensorflow/tfjs-core` is
 * pinned to the version this was written against; `tfjs-internals.test.ts` fails if one of them changes.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { engine } from '@tensorflow/tfjs-core';

// --- The tape and the scopes (used by tape/) ---

/** One recorded operation. */
export interface TapeNode {
  /** Grows with every operation, whatever tape it is on. */
  readonly id: number;
  readonly kernelName: string;
  /** Optional inputs that were not given are undefined. */
  readonly inputs: Readonly<Record<string, Tensor | undefined>>;
  readonly outputs: readonly Tensor[];
  /** Maps the gradients of the outputs (null for none) to a maker of each input's. */
  readonly gradient?: (outputGradients: (Tensor | null)[]) => Readonly<Record<string, () => Tensor>>;
  /** Clones kept for `gradient`. */
  readonly saved?: readonly Tensor[];
}

/** A `tidy` that has not ended. */
export interface Scope {
  readonly id: number;
  readonly name: string;
  /** What it disposes at its end. */
  track: Tensor[];
}

/** The part of the engine's state that decides what is recorded and what is disposed. */
export interface EngineState {
  /** Where operations are recorded while `gradientDepth` is above zero. */
  activeTape: TapeNode[] | null;
  gradientDepth: number;
  /** Outermost first. */
  scopeStack: Scope[];
  /** The last of `scopeStack`, or null. */
  activeScope: Scope | null;
  nextScopeId: number;
}

/** The engine's live state: writing to it changes what tfjs does next. */
export function engineState(): EngineState {
  return engine().state as unknown as EngineState;
}

/** A number that is larger than every existing tensor's id, and smaller than every later one's. */
export function nextTensorId(): number {
  return engine().nextTensorId();
}
