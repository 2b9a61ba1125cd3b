import { DsError } from '@ds/tensor';

/** The facts behind a `CheckpointError`; those that do not apply are absent. */
export interface CheckpointErrorFacts {
  /** The folder, or the storage's name. */
  readonly folder?: string;
  /** The file concerned, relative to the folder. */
  readonly file?: string;
  /** The tag concerned. */
  readonly tag?: string;
  /** Tags that the folder does have, oldest first. */
  readonly tags?: readonly string[];
  /** What the operating system called it, for example `ENOSPC`. */
  readonly code?: string;
  /** The error below. */
  readonly cause?: unknown;
}

/**
 * A checkpoint or a safetensors file could not be written or read; the message says what is wrong with which file
 * and what to do.
 *
 * @example
 * try {
 *   await loadCheckpoint('runs/gpt', { tag: 'step20' });
 * } catch (error) {
 *   if (CheckpointError.isInstance(error)) console.log(error.facts.tags); // ['step10', 'step30']
 * }
 */
export class CheckpointError extends DsError {
  static override readonly kind: string = 'CheckpointError';
  readonly facts: CheckpointErrorFacts;

  constructor(message: string, facts: CheckpointErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.facts = facts;
  }
}
