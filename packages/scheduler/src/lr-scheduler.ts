import type { SchedulerType } from './scheduler-config.ts';

/** A value that survives `JSON.parse(JSON.stringify(value))`. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** The state of a scheduler: JSON, with PyTorch's and DeepSpeed's key names. */
export type SchedulerState = Readonly<Record<string, JsonValue>>;

/** A stateful scheduler bound to an optimizer, as `createScheduler` makes it. */
export interface LRScheduler {
  /** The name it has in a config: `WarmupLR`, `StepLR`, ... */
  readonly type: SchedulerType;
  /** What is odd about the configuration without being an error, in sentences; mostly empty. */
  readonly warnings: readonly string[];
  /**
   * Moves on by one optimizer step and writes the groups. Call it after each optimizer step that was not
   * skipped.
   *
   * @param metric the watched value, for `ReduceLROnPlateau` only (required there); others ignore it
   * @throws {SchedulerError} when `OneCycleLR` is stepped past its end, or a plateau scheduler gets no metric
   */
  step(metric?: number): void;
  /** The learning rates last written, one per parameter group; right after construction, the first ones. */
  getLastLr(): number[];
  /** Everything needed to go on later, JSON-serialisable. */
  stateDict(): SchedulerState;
  /**
   * Goes on from `state`: the lr of the groups, cycled momentum and `getLastLr()` are what they were.
   *
   * DeepSpeed's own `{ last_batch_iteration }` and PyTorch's `{ last_epoch, _last_lr, ... }` are accepted.
   *
   * @throws {SchedulerError} for the state of another scheduler or a damaged one; nothing is changed then
   */
  loadStateDict(state: Readonly<Record<string, unknown>>): void;
}
