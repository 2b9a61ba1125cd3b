import type { Host, Side, Thread } from './host.ts';
import { createSide } from './host.ts';
import type { Runs } from './side.ts';

/** What a comparison found; one JSON object per line with `--json`. */
export interface Row {
  readonly name: string;
  readonly case: string;
  /** Median of ours, in `unit`. */
  readonly ours: number;
  /** Median of the peer's. */
  readonly peer: number;
  /** How many times faster ours is: the median of the rounds' ratios, which slow and fast times of the machine do not touch. */
  readonly ratio: number;
  readonly unit: string;
  /** Rounds measured, each running all sides. */
  readonly runs: number;
  /** Quartiles, as a measure of the noise; the peer has none if it is a figure from elsewhere. */
  readonly spread: {
    readonly ours: readonly [number, number];
    readonly peer: readonly [number, number] | null;
  };
  /** The ratio to be reached, where one was set. */
  readonly target?: number;
}

/** A contender, by the file of `sides/` that makes it. */
interface SideSource {
  readonly side: string;
  readonly parameters: unknown;
  /** Sides with the same label share a thread, and so kernels and memory. Default: a thread of its own. */
  readonly thread?: string;
}

interface Peer extends SideSource {
  /** For row names. */
  readonly name: string;
  readonly target?: number;
}

/** A figure that was measured elsewhere and is only quoted. */
export interface RecordedPeer {
  readonly name: string;
  /** In the comparison's unit. */
  readonly recorded: number;
  readonly target?: number;
}

export interface Comparison {
  readonly name: string;
  readonly case: string;
  readonly ours: SideSource;
  readonly peers: readonly (Peer | RecordedPeer)[];
  /** What a row is given in, and how to get it from the milliseconds of a run; default: milliseconds. */
  readonly rate?: { readonly unit: string; readonly of: (milliseconds: number) => number };
  /** Rounds to measure; default 11. */
  readonly rounds?: number;
  /** Runs after which all sides must have returned the same loss; not measured. Default 3. */
  readonly agreeAfter?: number;
  /** How long each side runs before it is measured, for the sake of the compiler; default 300 ms. */
  readonly warmupMilliseconds?: number;
  /** What a side's turn should take: short runs are repeated within a turn. Default 40 ms. */
  readonly turnMilliseconds?: number;
}

/** Largest relative difference of the losses that sides return. */
const lossTolerance = 1e-3;

/**
 * Runs our side and its peers by turns, and gives one row for each peer.
 *
 * Registered kernels, gradients and memory are global in tfjs, and compiled code depends on what else has run. So
 * every side has a thread of its own in one process, of which only one at a time has something to do: all of them
 * meet the same noise, and none meets another's kernels. Times are taken in the thread; asking costs nothing.
 * The order of the sides changes from round to round.
 */
export async function compare(host: Host, comparison: Comparison): Promise<Row[]> {
  const { rounds = 11, agreeAfter = 3, warmupMilliseconds = 300, turnMilliseconds = 40 } = comparison;
  const peers = comparison.peers.filter((peer) => 'side' in peer);
  const threads = new Map<string, Thread>();
  try {
    const sides: Side[] = [];
    for (const [index, source] of [comparison.ours, ...peers].entries()) {
      const label = source.thread ?? String(index);
      const thread = threads.get(label) ?? (await host.startThread());
      threads.set(label, thread);
      sides.push(await createSide(thread, source.side, source.parameters));
    }
    const first: Runs[] = [];
    for (const side of sides) first.push(await side.run(agreeAfter));
    assertSameLosses(['ours', ...peers.map(({ name }) => name)], first);

    const repeats: number[] = [];
    for (const [index, side] of sides.entries()) {
      let last = (await side.run(1)).milliseconds;
      for (let spent = first[index]!.milliseconds + last; spent < warmupMilliseconds; spent += last) {
        last = (await side.run(1)).milliseconds;
      }
      repeats.push(Math.max(1, Math.round(turnMilliseconds / last)));
    }
    const times: number[][] = sides.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < sides.length; turn++) {
        const index = (turn + round) % sides.length;
        const { milliseconds } = await sides[index]!.run(repeats[index]!);
        times[index]!.push(milliseconds / repeats[index]!);
      }
    }
    for (const side of sides) await side.dispose();
    return rowsOf(host, comparison, rounds, times);
  } finally {
    for (const thread of threads.values()) await thread.end();
  }
}

/** Makes rows of the milliseconds of each round, ours first. */
function rowsOf(host: Host, comparison: Comparison, rounds: number, times: readonly number[][]): Row[] {
  const { unit, of } = comparison.rate ?? { unit: 'ms', of: (milliseconds: number) => milliseconds };
  const [ours, ...others] = times.map((values) => summarize(values.map(of)));
  const row = (
    { name, target }: Peer | RecordedPeer,
    peer: number,
    quartiles: Row['spread']['peer'],
    ratio: number,
  ): Row => ({
    name: comparison.name,
    case: `${host.kind === 'browser' ? 'browser, ' : ''}${comparison.case}, vs ${name}`,
    ours: ours!.median,
    peer,
    ratio,
    unit,
    runs: rounds,
    spread: { ours: ours!.quartiles, peer: quartiles },
    ...(target === undefined ? {} : { target }),
  });
  let measured = 0;
  return comparison.peers.map((peer) => {
    if ('recorded' in peer) return row(peer, peer.recorded, null, ours!.median / peer.recorded);
    const { median, quartiles } = others[measured++]!;
    const ratios = times[measured]!.map((time, round) => time / times[0]![round]!);
    return row(peer, median, quartiles, summarize(ratios).median);
  });
}

function assertSameLosses(names: readonly string[], runs: readonly Runs[]): void {
  const last = runs.map(({ values }) => values.at(-1));
  for (const [index, loss] of last.entries()) {
    const ours = last[0];
    if (ours === undefined && loss === undefined) continue;
    const difference = Math.abs(loss! - ours!) / Math.abs(ours!);
    if (!(difference <= lossTolerance)) {
      const losses = names.map(
        (name, at) => `${name} ${runs[at]!.values.map((value) => value?.toFixed(4)).join(' ')}`,
      );
      throw new Error(
        `The losses of ${names[index]} differ from ours by ${difference} after ${runs[0]!.values.length} steps:\n` +
          losses.join('\n'),
      );
    }
  }
}

interface Summary {
  readonly median: number;
  readonly quartiles: readonly [number, number];
}

function summarize(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), quartiles: [quantile(values, 0.25), quantile(values, 0.75)] };
}

/** The q-th quantile with linear interpolation. */
function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}
