/** What happened to the loss scale at an update. */
export type LossScaleEventKind =
  /** Enough steps went well: the scale grew. */
  | 'grown'
  /** Overflow: the scale was reduced. */
  | 'reduced'
  /** Overflow: forgiven, because `hysteresis` allows more than one before the scale is reduced. */
  | 'tolerated'
  /** Overflow: the scale is at its minimum and stays there. */
  | 'minimum'
  /** Overflow: the scale is static. */
  | 'static';

/** A change of the loss scale, or why there was none although the gradients overflowed. */
export interface LossScaleEvent {
  readonly kind: LossScaleEventKind;
  /** The scale of the step that ended. */
  readonly from: number;
  /** The scale of the next step. */
  readonly to: number;
  /** One line for a log. */
  readonly message: string;
}

/** The two numbers of one optimizer step; they never change, whatever happens to the scaler. */
export interface ScaledStep {
  /** Multiply the loss of each micro-batch by this before the backward pass. */
  readonly scale: number;
  /** Multiply the gradients by this, or pass it to the optimizer's unscaling: `1 / scale`. */
  readonly inverse: number;
}

/** How an optimizer step ended. */
export interface LossScaleUpdate {
  /** True after an overflow: do not apply the gradients. */
  readonly skipped: boolean;
  /** The scale of the next step. */
  readonly scale: number;
  /** Present when the scale changed, and after every overflow. */
  readonly event?: LossScaleEvent;
}

/**
 * Keeps the number that a loss is multiplied by, so that small gradients do not vanish in fp16.
 *
 * One optimizer step is `begin()`, any number of backward passes, `update(overflow)`. `State` is what it saves.
 */
export interface LossScaler<State = LossScalerState> {
  /** The scale of the step under way, or of the next one. */
  readonly scale: number;
  /** False when the scale never changes. */
  readonly dynamic: boolean;
  /**
   * Begins a step and returns the scale for both its directions.
   *
   * Until `update` it returns the same again, so it may be called once per micro-batch.
   */
  begin(): ScaledStep;
  /**
   * Ends the step.
   *
   * @param overflow whether a gradient, on any rank, is not finite.
   * @throws LossScaleError when the gradients overflow at the minimum scale (unless `atMinimum` is `keep`).
   * @throws InvalidStateError without `begin()` before.
   * @throws InvalidArgumentError when `overflow` is no boolean, for example a promise that was not awaited.
   */
  update(overflow: boolean): LossScaleUpdate;
  /** What to save in a checkpoint; JSON. A step under way is not in it. */
  stateDict(): State;
  /**
   * Goes on where `stateDict` was taken; a step under way is forgotten. Settings stay those of this scaler, and so
   * does a static scale.
   *
   * @throws InvalidArgumentError when the state is none, naming the key; nothing is changed then.
   */
  loadStateDict(state: unknown): void;
}

/** What a loss scaler saves, with DeepSpeed's names. */
export interface LossScalerState {
  readonly cur_scale: number;
  /** Optimizer steps so far. */
  readonly cur_iter: number;
  /** The step of the last overflow, counted from 0; -1 when there was none. */
  readonly last_overflow_iter: number;
  /** Overflows until the scale is reduced; at 1 (or 0) the next one does it. */
  readonly cur_hysteresis: number;
}

/** What a gradient scaler saves, with PyTorch's names. */
export interface GradScalerState {
  readonly scale: number;
  /** Steps without overflow since the scale last changed. */
  readonly _growth_tracker: number;
}

/** Choices that no configuration file has a key for. */
export interface LossScalerOptions {
  /**
   * What to do when gradients overflow at the minimum scale: `raise` a `LossScaleError` (default), or `keep` the
   * scale and skip the step.
   */
  readonly atMinimum?: 'raise' | 'keep';
}
