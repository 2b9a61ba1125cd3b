import { RankFailedError } from './communication-error.ts';
import type { Transfer, Transport } from './transport.ts';

/** A collective as steps: each yields what must be done before it goes on. */
export type Steps<T = void> = Generator<readonly Transfer[], T, void>;

/** Who waits, for error messages, and how long for a rank that does not move. */
export interface Patience {
  readonly transport: Transport;
  /** Milliseconds without a byte from a rank after which it counts as lost. */
  readonly timeout: number;
  /** What is waited for. */
  readonly what: () => string;
}

/** Runs steps without blocking the thread. */
export async function drive<T>(steps: Steps<T>, patience: Patience): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    const remaining = watch(step.value, patience);
    for (let left = remaining(); left > 0; left = remaining()) await patience.transport.wait(left);
  }
}

/** Runs steps, blocking the thread. */
export function driveBlocking<T>(
  steps: Steps<T>,
  patience: Patience,
  block: (milliseconds: number) => void,
): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    const remaining = watch(step.value, patience);
    for (let left = remaining(); left > 0; left = remaining()) block(left);
  }
}

/**
 * Polls, and returns the milliseconds for which transfers may still be waited for: 0 when all are done.
 *
 * @throws CommunicationError
 */
function watch(transfers: readonly Transfer[], { transport, timeout, what }: Patience): () => number {
  let moved = -1;
  let since = 0;
  return () => {
    // Asked before the poll, which then finds all that was sent before the departure.
    const gone = transfers.filter(({ peer }) => transport.hasLeft(peer));
    transport.poll();
    const missing = transfers.filter((transfer) => !transfer.done);
    if (missing.length === 0) return 0;
    if (transport.failure !== undefined) throw transport.failure;
    const lost = gone.filter((transfer) => !transfer.done);
    if (lost.length > 0) {
      giveUp(lost, (ranks) => `Rank ${transport.rank} waits in ${what()} for ${ranks}, which left the job.`);
    }
    const now = performance.now();
    const movedNow = transfers.reduce((sum, each) => sum + each.moved + Number(each.done), 0);
    if (movedNow !== moved) [moved, since] = [movedNow, now];
    const remaining = timeout - (now - since);
    if (remaining > 0) return remaining;
    return giveUp(
      missing,
      (ranks) =>
        `Rank ${transport.rank} waited ${timeout} ms in ${what()} for ${ranks}. ` +
        'A rank that works longer than this between two calls needs a larger `timeout`; otherwise it hangs or died.',
    );
  };

  function giveUp(missing: readonly Transfer[], message: (ranks: string) => string): never {
    const ranks = [...new Set(missing.map((transfer) => transfer.peer))].toSorted((a, b) => a - b);
    const error = new RankFailedError(message(nameRanks(ranks)), ranks);
    transport.abort(error);
    throw error;
  }
}

/** `rank 1`, or `ranks 1, 2`. */
export function nameRanks(ranks: readonly number[]): string {
  return `${ranks.length === 1 ? 'rank' : 'ranks'} ${ranks.join(', ')}`;
}
