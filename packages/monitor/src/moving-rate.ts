/** How fast something advances, from its last stretch of time. */
export interface MovingRate {
  /** Notes that `value` was reached at `time` milliseconds. */
  note(time: number, value: number): void;
  /** Advance per second over the last stretch; `undefined` until time has passed. */
  perSecond(): number | undefined;
}

/**
 * Creates a moving average over the last `windowSeconds`, in at most `samples` pieces.
 *
 * The start counts as reached at `time`, so that a slow first step is in the average until the window has passed it.
 */
export function createMovingRate(
  time: number,
  value: number,
  { windowSeconds = 30, samples = 30 }: { readonly windowSeconds?: number; readonly samples?: number } = {},
): MovingRate {
  const spacing = (windowSeconds * 1000) / samples;
  /** The starts of the pieces, oldest first; the newest point is apart. */
  const marks = [{ time, value }];
  let newest = marks[0]!;
  return {
    note(at, reached) {
      newest = { time: at, value: reached };
      if (at - marks.at(-1)!.time >= spacing) marks.push(newest);
      while (marks.length > 2 && marks[1]!.time <= at - windowSeconds * 1000) marks.shift();
    },
    perSecond() {
      const oldest = marks[0]!;
      const elapsed = newest.time - oldest.time;
      return elapsed > 0 ? ((newest.value - oldest.value) * 1000) / elapsed : undefined;
    },
  };
}
