import type { Device } from './device.ts';
import type { Layout } from './layout.ts';
import type { Operand, Slab } from './slab.ts';

/**
 * Parameters that share hyperparameters. Fields are read at every step, so a scheduler changes them in place.
 *
 * Learning rates are per step; `betas` and `momentum` are there where the optimizer has them.
 */
export interface ParameterGroup {
  /** Names, in layout order. */
  readonly parameters: readonly string[];
  lr: number;
  betas?: [number, number];
  momentum?: number;
  weightDecay?: number;
}

/** What one optimizer step reads and rewrites. */
export interface OptimizerInput<S extends Slab = Slab> {
  /** A parameter's memory; rewritten. */
  parameter(name: string): Operand<S>;
  /** Its gradient; may be rewritten as scratch. `undefined` skips the parameter, as PyTorch does without `.grad`. */
  gradient(name: string): Operand<S> | undefined;
  /** Every gradient is multiplied by this first: 1 / loss scale, times the clipping coefficient. Default 1. */
  readonly gradientScale?: number;
}

/** An optimizer's state as plain data: numbers by group, arrays by parameter name. */
export interface OptimizerState {
  readonly type: string;
  readonly groups: readonly Readonly<Record<string, unknown>>[];
  /** For each parameter that has been updated: its step count, other counters, and its arrays in layout order. */
  readonly parameters: Readonly<
    Record<
      string,
      {
        readonly scalars: Readonly<Record<string, number>>;
        readonly tensors: Readonly<Record<string, Float32Array>>;
      }
    >
  >;
}

/** An optimizer bound to a device and to the parameters it updates. */
export interface Optimizer<S extends Slab = Slab> {
  /** The name a config file uses, for example `AdamW`. */
  readonly type: string;
  readonly paramGroups: ParameterGroup[];
  /** Updates every parameter that has a gradient. Returns without waiting for the device. */
  step(input: OptimizerInput<S>): void;
  /** Waits for a copy of the state, keyed by parameter name. */
  stateDict(): Promise<OptimizerState>;
  /**
   * Continues from a saved state.
   *
   * @throws InvalidArgumentError when it belongs to another optimizer type, other parameters or other shapes.
   */
  loadStateDict(state: OptimizerState): void;
  /** Bytes of state per parameter element, for planning: 8 for Adam. */
  readonly stateBytesPerElement: number;
  dispose(): void;
}

/** What an optimizer is created for. */
export interface OptimizerTarget<S extends Slab = Slab> {
  readonly device: Device<S>;
  readonly layout: Layout;
}

/** An optimizer with its hyperparameters, not yet bound to parameters. */
export interface OptimizerDefinition {
  readonly type: string;
  create<S extends Slab>(target: OptimizerTarget<S>): Optimizer<S>;
}
