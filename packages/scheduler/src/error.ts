/** Shared by every copy of this package, so that `isInstance` works across copies and realms. */
const marker: symbol = Symbol.for('@ds/scheduler/SchedulerError');

/** What went wrong, for code that reacts to it. */
export type SchedulerErrorCode =
  | 'unknown-type'
  | 'unknown-parameter'
  | 'missing-parameter'
  | 'invalid-value'
  | 'invalid-optimizer'
  | 'invalid-state'
  | 'past-the-end';

/** The facts behind a `SchedulerError`; those that do not apply are absent. */
export interface SchedulerErrorFacts {
  readonly code: SchedulerErrorCode;
  /** The schedule or scheduler concerned: `cosine`, `SequentialLR.schedulers[0] (LinearLR)`. */
  readonly where: string;
  /** The parameter, option or scheduler type concerned. */
  readonly subject?: string;
  readonly given?: unknown;
  readonly expected?: string;
  /** The valid name nearest to a misspelt one. */
  readonly nearest?: string | undefined;
}

/**
 * The one error this package throws: a wrong type, parameter, value, optimizer or state.
 *
 * The message says what was given and what was expected; the same facts are in `facts`.
 *
 * @example
 * ```ts
 * import { createScheduler, SchedulerError } from '@ds/scheduler';
 *
 * try {
 *   createScheduler({ paramGroups: [{ lr: 0.1 }] }, JSON.parse('{ "type": "warmuplr" }'));
 * } catch (error) {
 *   if (SchedulerError.isInstance(error)) console.log(error.facts.nearest); // WarmupLR
 * }
 * ```
 */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';
  readonly facts: SchedulerErrorFacts;
  /** What `isInstance` of the error classes of `@ds/tensor` looks at: it is one of theirs to them. */
  readonly kinds: readonly string[] = ['SchedulerError', 'InvalidArgumentError', 'DsError'];

  constructor(message: string, facts: SchedulerErrorFacts) {
    super(message);
    this.facts = facts;
    Object.defineProperty(this, marker, { value: true });
  }

  /** Whether `value` is a `SchedulerError`, also one from another copy of this package. */
  static isInstance(value: unknown): value is SchedulerError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}
