import type { Operation } from './call.ts';
import type { ArrayOf, Format, Values } from './format.ts';
import type { Ledger } from './ledger.ts';

/** Says what the bits of a `Uint16Array` are; all other arrays say it themselves. */
export interface FormatOptions {
  readonly format?: Format;
}

/** For reductions. */
export interface ReduceOptions extends FormatOptions {
  /** Default `sum`. A `mean` is a sum divided by the number of ranks, and needs floats. */
  readonly operation?: Operation;
}

/** For collectives over contiguous parts, one per rank. */
export interface PartOptions extends FormatOptions {
  /** Elements of each rank's part; default `evenCounts` of the whole. */
  readonly counts?: readonly number[];
}

/** For `allToAll`. Give both or neither. */
export interface AllToAllOptions extends FormatOptions {
  /** Elements for each rank; default `evenCounts` of the source. */
  readonly sendCounts?: readonly number[];
  /** Elements from each rank; default: as many as this rank sends itself, from everyone. */
  readonly receiveCounts?: readonly number[];
}

/** Collectives that return `Result`: a promise, or nothing once they are done. */
export interface Collectives<Result> {
  /** Combines all ranks' values, in place on every rank. */
  allReduce(values: Values, options?: ReduceOptions): Result;
  /** Combines all ranks' values and leaves this rank's part of the result in `target`. */
  reduceScatter(values: Values, target: Values, options?: ReduceOptions & PartOptions): Result;
  /** Joins all ranks' parts, rank 0 first, in `target` on every rank. `part` may be its place in `target`. */
  allGather(part: Values, target: Values, options?: PartOptions): Result;
  /** Gives the values of rank `root` to all. */
  broadcast(values: Values, root: number, options?: FormatOptions): Result;
  /** Gives every rank its part of `source`, and takes this rank's parts of all others, rank 0 first. */
  allToAll(source: Values, target: Values, options?: AllToAllOptions): Result;
  /** Sends values to a rank, which must `recv` as many. Done when `values` may be changed. */
  send(values: Values, to: number, options?: FormatOptions): Result;
  /** Receives the next values that a rank sends to this one. */
  recv(values: Values, from: number, options?: FormatOptions): Result;
  /** Done when all ranks have called it. */
  barrier(): Result;
}

/** Collectives that block the thread. */
export type BlockingCollectives = Collectives<void>;

/**
 * A rank among others, which all make the same calls in the same order.
 *
 * Reductions take rank 0 first and go on in rank order on every transport, so a result depends neither on timing nor
 * on the transport, to the bit (only the bits of a NaN may differ). Calls start in program order; until a call is
 * done its arrays must be left alone. Every call carries its number, kind, format and length: ranks that disagree get
 * a `CallMismatchError`, and a rank that dies or does not move for longer than the timeout ends the job on all others
 * with a `RankFailedError`. After an error the communicator and all its groups are unusable.
 *
 * @example
 * const gradients = Float32Array.of(1, 2, 3);
 * await communicator.allReduce(gradients, { operation: 'mean' });
 */
export interface Communicator extends Collectives<Promise<void>> {
  /** Number of this rank in the group, from 0. */
  readonly rank: number;
  /** Number of ranks in the group. */
  readonly size: number;
  /** The group's ranks by their numbers in the world, which errors use. */
  readonly members: readonly number[];
  /** The same calls, blocking the thread; `undefined` where the transport cannot. */
  readonly blocking: BlockingCollectives | undefined;
  /** What this rank has moved, in all its groups. */
  readonly ledger: Ledger;
  /**
   * Divides the group: ranks with the same color get a communicator of their own, ordered by `key`, then by rank.
   *
   * @param color a whole number of 0 or more, or `undefined` to be in no group.
   * @param key default: this rank's number.
   */
  split(color: number | undefined, key?: number): Promise<Communicator | undefined>;
  /**
   * Makes an array of zeros that collectives are fastest with: between threads it lies in the memory that all of them
   * share, and is reduced and gathered where it is. Whoever allocates it frees it.
   *
   * @param format default `float32`.
   */
  allocate<F extends Format = 'float32'>(length: number, format?: F): ArrayOf<F>;
  /** Gives back an array of `allocate`, which must not be used any more. */
  free(values: Values): void;
  /** Ends the job on all ranks with an error that names this one. */
  abort(reason: string): void;
  /** Leaves the job; others that still wait for this rank get an error. Of the world only: groups need no closing. */
  close(): Promise<void>;
}
