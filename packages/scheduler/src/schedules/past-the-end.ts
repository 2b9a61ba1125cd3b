import { requireChoice } from '../schedule-options.ts';

/** What a schedule with an end does from there on: keep its last value, give 0, or start over. */
export type PastTheEnd = 'hold' | 'zero' | 'restart';

const choices: readonly PastTheEnd[] = ['hold', 'zero', 'restart'];

/**
 * Extends `within`, defined on steps 0 to `steps`, past its end.
 *
 * `restart` has a period of `steps`: step `steps` is step 0 again. `zero` keeps the end value at step `steps`
 * itself and gives 0 after it.
 */
export function extendPastTheEnd(
  where: string,
  steps: number,
  after: PastTheEnd,
  within: (step: number) => number,
): (step: number) => number {
  requireChoice(where, 'after', after, choices);
  if (after === 'restart') return (step) => within(step % steps);
  if (after === 'zero') return (step) => (step > steps ? 0 : within(step));
  return (step) => within(Math.min(step, steps));
}
