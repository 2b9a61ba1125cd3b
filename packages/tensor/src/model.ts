import type { Device } from './device.ts';
import type { Layout } from './layout.ts';
import type { Slab } from './slab.ts';

/** A block as the engine sees it: which parameters it uses, in the order of the forward pass. */
export interface BlockInfo {
  readonly name: string;
  /** Names of its parameters, frozen and shared ones included. */
  readonly parameters: readonly string[];
}

/** One parameter's gradient, as it leaves the backward pass. */
export interface ParameterGradient<S extends Slab = Slab> {
  readonly name: string;
  /** Follows the parameter's row-major order. Belongs to the model: valid only until the callback returns. */
  readonly gradient: S;
}

/** How a recording is walked backward. */
export interface BackwardOptions<S extends Slab = Slab> {
  /** The gradient of what is minimized with respect to the loss, for example `1 / accumulationSteps`. Default 1. */
  readonly scale?: number;
  /**
   * Called once per block, last block first, as soon as the block's gradients exist and before the block below is
   * walked. Frozen parameters, and parameters that the loss does not depend on, are left out. A shared parameter
   * comes once per block that uses it: add the contributions up.
   */
  readonly onBlock?: (block: BlockInfo, gradients: readonly ParameterGradient<S>[]) => void;
}

/**
 * A model bound to a device: an ordered list of blocks with their parameters and a tape.
 *
 * The only seam that knows shapes and differentiation. `modelConformance` in `@ds/tensor/testing` checks
 * everything said here.
 */
export interface Model<T, S extends Slab = Slab, Input = T, Output = T> {
  readonly device: Device<S>;
  readonly blocks: readonly BlockInfo[];
  /** Trainable parameters in order of first use. */
  readonly layout: Layout;
  /** Parameters and buffers that are never updated by an optimizer but are part of the model's state. */
  readonly frozen: Layout;
  /**
   * The parameter's own memory as a slab, so that rules run on it in place. Must not be freed by the caller, and
   * must be asked for again after a forward pass (a model may move its buffers).
   *
   * @throws UnknownNameError
   */
  parameter(name: string): S;
  /**
   * Runs the blocks and records them; what the caller then computes from the output is recorded too, until
   * `backward` or `discard`. A recording that is still open is discarded first.
   *
   * The output and the loss given to `backward` stay readable until the next `forward`, `evaluate` or `dispose`;
   * every other tensor made in between is released by `backward`.
   */
  forward(input: Input): Output;
  /** Runs the blocks without recording. The caller disposes the output. */
  evaluate(input: Input): Output;
  /**
   * Walks the recording backward from a scalar loss, releasing what was saved for it as it goes.
   *
   * @throws InvalidStateError without a recording; InvalidArgumentError when the loss is not a scalar of it.
   */
  backward(loss: T, options?: BackwardOptions<S>): void;
  /** Drops an open recording, if there is one. */
  discard(): void;
  /**
   * Waits for the value of a scalar tensor.
   *
   * @throws InvalidArgumentError when it is not a scalar, as `backward` does.
   */
  scalar(value: T): Promise<number>;
  /** Disposes tensors of a batch, or of a container of them. */
  release(value: unknown): void;
  /** Frees what the model owns; parameters that it was given stay. */
  dispose(): void;
}
