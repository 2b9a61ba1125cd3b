import type { Comparison } from './measure.ts';

type Rate = NonNullable<Comparison['rate']>;

export const stepsPerSecond: Rate = { unit: 'steps/s', of: (milliseconds) => 1000 / milliseconds };

/** Millions of elements in a second, for runs over so many. */
export function millionsPerSecond(elements: number): Rate {
  return { unit: 'M/s', of: (milliseconds) => elements / 1e3 / milliseconds };
}

/** Multiplications and additions in a second, for runs with so many. */
export function gigaflops(operations: number): Rate {
  return { unit: 'GFLOP/s', of: (milliseconds) => operations / 1e6 / milliseconds };
}
