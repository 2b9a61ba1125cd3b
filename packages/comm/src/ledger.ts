import type { CallKind } from './call.ts';

/** What the calls of one kind have moved since the last reset. */
export interface LedgerEntry {
  readonly kind: CallKind;
  readonly calls: number;
  /** Bytes of elements that this rank gave to others. */
  readonly sentBytes: number;
  /** Bytes of elements that this rank took from others. */
  readonly receivedBytes: number;
  /** What `theoreticalBytes` says for these calls. */
  readonly theoryBytes: number;
}

/** Counts the bytes of elements that a rank moves; what headers and transports add is not counted. */
export interface Ledger {
  /** One entry per kind of call that was made, in the order of their first calls. */
  entries(): readonly LedgerEntry[];
  /** Forgets everything, for example before a step. */
  reset(): void;
}

/** A ledger as communicators write it. */
export interface LedgerBook extends Ledger {
  add(kind: CallKind, moved: Omit<LedgerEntry, 'kind' | 'calls'>): void;
}

/** Creates an empty ledger. */
export function createLedger(): LedgerBook {
  const totals = new Map<CallKind, { -readonly [K in keyof LedgerEntry]: LedgerEntry[K] }>();
  return {
    entries: () => Array.from(totals.values(), (entry) => ({ ...entry })),
    reset: () => totals.clear(),
    add(kind, moved) {
      let entry = totals.get(kind);
      if (entry === undefined) {
        totals.set(kind, (entry = { kind, calls: 0, sentBytes: 0, receivedBytes: 0, theoryBytes: 0 }));
      }
      entry.calls++;
      entry.sentBytes += moved.sentBytes;
      entry.receivedBytes += moved.receivedBytes;
      entry.theoryBytes += moved.theoryBytes;
    },
  };
}

/**
 * Bytes that a rank must send, on the average over the ranks, whatever the algorithm.
 *
 * Source: R. Thakur, R. Rabenseifner, W. Gropp, "Optimization of Collective Communication Operations in MPICH" (2005):
 * `n (p - 1) / p` for gathering, scattering and broadcasting `n` bytes, twice that for an all-reduce.
 *
 * @param bytes of the whole array; for `send` and `allToAll`, those for other ranks.
 *
 * @example
 * theoreticalBytes('allReduce', 1000, 4); // 1500
 */
export function theoreticalBytes(kind: CallKind, bytes: number, ranks: number): number {
  const share = (bytes * (ranks - 1)) / ranks;
  switch (kind) {
    case 'allReduce':
      return 2 * share;
    case 'reduceScatter':
    case 'allGather':
    case 'broadcast':
      return share;
    case 'allToAll':
    case 'send':
      return bytes;
    default:
      return 0;
  }
}
