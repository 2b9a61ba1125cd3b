import type { LayoutEntry, Slab } from '@ds/tensor';
import type { Hyperparameters, LiveGroup } from './hyperparameters.ts';
import type { LearningRate } from './learning-rate.ts';
import type { StateSlabs } from './state-slabs.ts';
import type { Counters, GroupUpdate, UpdateMethod } from './update-method.ts';

/** One group of an optimizer at work. */
export interface GroupAtWork<S extends Slab, H extends Hyperparameters> {
  readonly group: LiveGroup<H>;
  readonly learningRate: LearningRate;
  readonly entries: readonly LayoutEntry[];
  /** Of each parameter, by position; step 0 before its first update. */
  readonly counters: Counters[];
  readonly state: StateSlabs<S>;
  readonly method: UpdateMethod<H>;
  readonly update: GroupUpdate<S>;
}

/** The counters of a parameter that was never updated. */
export function firstCounters<H extends Hyperparameters>(method: UpdateMethod<H>): Counters {
  return { step: 0, ...method.counters };
}
