import type { Device, LayoutEntry, Slab } from '@ds/tensor';
import type { Hyperparameters, LiveGroup } from './hyperparameters.ts';
import type { StateSlabs } from './state-slabs.ts';

/** Numbers kept per parameter: its step count, and what cannot be computed from that. */
export type Counters = Record<string, number> & { step: number };

/** A slab and the element in it where a parameter's part begins. */
export interface Place<S extends Slab> {
  readonly slab: S;
  readonly start: number;
}

/** One parameter of a group that has a gradient in this step. */
export interface UpdateItem<S extends Slab> {
  readonly entry: LayoutEntry;
  /** Position in the group. */
  readonly index: number;
  /** Already counting this step, so `step` is 1 at the first one. */
  readonly counters: Counters;
  readonly parameter: Place<S>;
  /** May be overwritten. */
  readonly gradient: Place<S>;
}

/** What the update of one group works on. */
export interface GroupContext<S extends Slab, H extends Hyperparameters> {
  readonly device: Device<S>;
  readonly entries: readonly LayoutEntry[];
  /** Read at every step: schedulers change it. */
  readonly group: LiveGroup<H>;
  readonly state: StateSlabs<S>;
}

/** The update of one group, bound to a device. Owns compiled rules and scratch memory, but not the state. */
export interface GroupUpdate<S extends Slab> {
  /** Updates the parameters without waiting for the device; `gradientScale` carries the sign for `maximize`. */
  run(items: readonly UpdateItem<S>[], gradientScale: number): void;
  dispose(): void;
}

/** How an optimizer updates a group of parameters. */
export interface UpdateMethod<H extends Hyperparameters> {
  /** Counters besides `step`, with their first values. */
  readonly counters?: Readonly<Record<string, number>>;
  /** Moves the counters on; `step` has been advanced. */
  advance?(counters: Counters, group: LiveGroup<H>): void;
  /** Allocates the state that is needed from the start. */
  bind<S extends Slab>(context: GroupContext<S, H>): GroupUpdate<S>;
}
