/** The cycle a step falls in when each cycle is `growth` times as long as the one before. */
export interface RestartCycle {
  /** Cycles completed before this one. */
  readonly cycle: number;
  /** Steps since this cycle began. */
  readonly offset: number;
  readonly length: number;
}

/** Finds the cycle in integers, so that a restart falls on its step exactly. */
export function restartCycle(step: number, first: number, growth: number): RestartCycle {
  if (growth === 1) return { cycle: Math.floor(step / first), offset: step % first, length: first };
  let [cycle, offset, length] = [0, step, first];
  while (offset >= length) {
    offset -= length;
    length *= growth;
    cycle++;
  }
  return { cycle, offset, length };
}
