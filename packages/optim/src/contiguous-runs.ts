import type { Slab } from '@ds/tensor';
import type { Counters, UpdateItem } from './update-method.ts';

/** Neighbouring parameters that one run of a rule can update. */
export interface ContiguousRun<S extends Slab> {
  readonly first: UpdateItem<S>;
  /** Number of elements. */
  readonly length: number;
}

/**
 * Joins parameters that follow each other in the group, in the memory of parameters and in that of gradients, and
 * that have the same counters (so that they are given the same numbers).
 */
export function contiguousRuns<S extends Slab>(items: readonly UpdateItem<S>[]): ContiguousRun<S>[] {
  const runs: { first: UpdateItem<S>; last: UpdateItem<S>; length: number }[] = [];
  for (const item of items) {
    const run = runs.at(-1);
    if (run !== undefined && continues(run, item)) {
      run.last = item;
      run.length += item.entry.length;
    } else {
      runs.push({ first: item, last: item, length: item.entry.length });
    }
  }
  return runs;
}

function continues<S extends Slab>(
  { first, last, length }: { first: UpdateItem<S>; last: UpdateItem<S>; length: number },
  item: UpdateItem<S>,
): boolean {
  return (
    item.index === last.index + 1 &&
    item.parameter.slab === first.parameter.slab &&
    item.parameter.start === first.parameter.start + length &&
    item.gradient.slab === first.gradient.slab &&
    item.gradient.start === first.gradient.start + length &&
    sameCounters(item.counters, first.counters)
  );
}

function sameCounters(a: Counters, b: Counters): boolean {
  return Object.entries(a).every(([name, value]) => b[name] === value);
}
