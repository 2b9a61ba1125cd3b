import { CommunicationError, RankFailedError } from '../communication-error.ts';
import { decodeError } from '../error-text.ts';
import { isOutcome } from './seat.ts';
import { createSharedWorld, openSharedWorld } from './shared-world.ts';
import type { RunningWorker } from './start-worker.ts';
import { startWorker } from './start-worker.ts';

/** How to start ranks. */
export interface LaunchOptions {
  /** Number of worker threads. */
  readonly ranks: number;
  /** Given to every rank; anything that can be cloned. */
  readonly data?: unknown;
  /** Milliseconds that ranks wait for one that does not move; default 10 000. */
  readonly timeout?: number;
  /** Milliseconds that ranks get to end after one has failed, before they are ended by force; default 5000. */
  readonly grace?: number;
}

/** Ranks at work. */
export interface RunningRanks {
  /** What became of each rank, once all have ended. */
  readonly outcomes: Promise<readonly PromiseSettledResult<unknown>[]>;
  /** Ends one rank at once, as a crash would. */
  terminate(rank: number): Promise<void>;
}

/**
 * Runs a file in `ranks` worker threads of this machine, and returns what each of them returned, rank 0 first.
 *
 * The file calls `runRank` at its top level. In pages it is a module, and the page must be cross-origin isolated.
 *
 * @throws RankFailedError that names the rank, as soon as all have ended, when one failed or died; its error is the
 * `cause`.
 *
 * @example
 * // worker.ts
 * await runRank(async (communicator) => {
 *   const values = Float32Array.of(communicator.rank);
 *   await communicator.allReduce(values);
 *   return values[0];
 * });
 * // main.ts
 * await launch(new URL('worker.ts', import.meta.url), { ranks: 4 }); // [6, 6, 6, 6]
 */
export async function launch<Result>(file: URL | string, options: LaunchOptions): Promise<Result[]> {
  const { outcomes } = await startRanks(file, options);
  const settled = await outcomes;
  const failures = settled.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  // Other ranks fail because of the first one; what they say is less to the point.
  const first = failures.find((error) => !CommunicationError.isInstance(error) || error.cause !== undefined);
  if (failures.length > 0) throw first ?? failures[0];
  return settled.map((outcome) => (outcome as PromiseFulfilledResult<Result>).value);
}

/**
 * Starts ranks as `launch` does, without waiting for them.
 *
 * @example
 * const ranks = await startRanks(new URL('worker.ts', import.meta.url), { ranks: 2 });
 * for (const { status } of await ranks.outcomes) console.log(status);
 */
export async function startRanks(file: URL | string, options: LaunchOptions): Promise<RunningRanks> {
  const { ranks, data, timeout = 10_000, grace = 5000 } = options;
  const world = createSharedWorld(ranks);
  const state = openSharedWorld(world);
  const workers: RunningWorker[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const endByForce = (): void => {
    timer ??= setTimeout(() => {
      for (const worker of workers) void worker.terminate();
    }, grace);
  };
  /** Ends the job because of a rank. */
  const fail = (rank: number, message: string, cause?: unknown): CommunicationError => {
    const error = new RankFailedError(message, [rank], { cause });
    state.abort(error);
    endByForce();
    return error;
  };

  /** Starts a rank, and waits until it has ended. */
  const run = async (rank: number): Promise<unknown> => {
    const { promise, resolve, reject } = createDeferred();
    let isOver = false;
    const worker = await startWorker(
      file,
      { world, rank, timeout, data },
      {
        message(message) {
          if (!isOutcome(message)) return;
          switch (message.deepspeedOutcome) {
            case 'result':
              resolve(message.result);
              break;
            case 'error':
              reject(fail(rank, `Rank ${rank} failed: ${String(message.error)}`, message.error));
              break;
            case 'communication':
              endByForce();
              reject(decodeError(message.text));
              break;
          }
        },
        error: (error) => reject(fail(rank, `Rank ${rank} failed: ${String(error)}`, error)),
        exit(code) {
          // Files that join by themselves end without a result.
          if (code === 0) resolve(undefined);
          else if (!isOver)
            reject(
              fail(rank, `Rank ${rank} died: its thread ended with exit code ${code} before it was done.`),
            );
          state.leave(rank);
        },
      },
    );
    workers[rank] = worker;
    try {
      return await promise;
    } finally {
      isOver = true;
      await worker.terminate();
    }
  };

  const outcomes = Promise.allSettled(Array.from({ length: ranks }, (_, rank) => run(rank))).then(
    (settled) => {
      clearTimeout(timer);
      return settled;
    },
  );
  return {
    outcomes,
    async terminate(rank) {
      await workers[rank]?.terminate();
    },
  };
}

/** A promise and the functions that settle it. */
function createDeferred(): {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve: (value: unknown) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<unknown>((onResult, onError) => {
    resolve = onResult;
    reject = onError;
  });
  return { promise, resolve, reject };
}
