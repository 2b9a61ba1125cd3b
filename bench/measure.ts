/** One side of a comparison: prepared once, then run many times. */
export interface Contender {
  /** Does the work once and waits until it is done. */
  run(): Promise<void>;
  dispose(): void;
}

/** What a comparison found; one JSON object per line with `--json`. */
export interface Row {
  readonly name: string;
  readonly case: string;
  /** Median of ours. */
  readonly ours: number;
  /** Median of the peer's. */
  readonly peer: number;
  /** How many times faster ours is: peer's time over our time. */
  readonly ratio: number;
  readonly unit: 'ms';
  /** Rounds measured, each running both sides. */
  readonly runs: number;
  /** Quartiles, as a measure of the noise. */
  readonly spread: { readonly ours: readonly [number, number]; readonly peer: readonly [number, number] };
}

export interface CompareOptions {
  /** Rounds to measure; default 15. */
  readonly rounds?: number;
  /** Rounds run first and not counted; default 3. */
  readonly warmup?: number;
}

/**
 * Runs two contenders by turns in one process, so that both meet the same noise.
 *
 * The order changes from round to round.
 */
export async function compare(
  name: string,
  caseName: string,
  ours: Contender,
  peer: Contender,
  { rounds = 15, warmup = 3 }: CompareOptions = {},
): Promise<Row> {
  const times = { ours: [] as number[], peer: [] as number[] };
  for (let round = -warmup; round < rounds; round++) {
    const order = [['ours', ours] as const, ['peer', peer] as const];
    for (const [side, contender] of round % 2 === 0 ? order : order.toReversed()) {
      const begin = performance.now();
      await contender.run();
      if (round >= 0) times[side].push(performance.now() - begin);
    }
  }
  ours.dispose();
  peer.dispose();
  const [median, quartiles] = [
    quantile(0.5),
    (values: number[]) => [quantile(0.25)(values), quantile(0.75)(values)] as const,
  ];
  return {
    name,
    case: caseName,
    ours: median(times.ours),
    peer: median(times.peer),
    ratio: median(times.peer) / median(times.ours),
    unit: 'ms',
    runs: rounds,
    spread: { ours: quartiles(times.ours), peer: quartiles(times.peer) },
  };
}

/** The q-th quantile with linear interpolation. */
function quantile(q: number): (values: readonly number[]) => number {
  return (values) => {
    const sorted = values.toSorted((a, b) => a - b);
    const at = q * (sorted.length - 1);
    const below = sorted[Math.floor(at)]!;
    return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
  };
}
