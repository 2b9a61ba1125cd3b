/* oxlint-disable typescript/no-unnecessary-type-parameters -- what `launch` was given is not known here */
import type * as WorkerThreads from 'node:worker_threads';
import { InvalidStateError } from '@ds/tensor';
import { CommunicationError, RankFailedError } from '../communication-error.ts';
import type { Communicator } from '../communicator.ts';
import { createCommunicator } from '../create-communicator.ts';
import { encodeError } from '../error-text.ts';
import { importNode, isNode } from '../import-node.ts';
import type { Outcome, Seat } from './seat.ts';
import { seatKey } from './seat.ts';
import { createThreadTransport } from './thread-transport.ts';

/**
 * Makes this worker a rank: runs `main`, and gives its result or its error to `launch`.
 *
 * Call it at the top level of the worker's file, in pages before any `await`. When `main` fails, the job ends on all
 * ranks.
 *
 * @param main gets this rank's communicator, which is closed afterwards, and the `data` of `launch`.
 * @throws InvalidStateError when `launch` did not start this worker.
 *
 * @example
 * await runRank(async (communicator, data: { readonly epochs: number }) => communicator.rank * data.epochs);
 */
export async function runRank<Data>(
  main: (communicator: Communicator, data: Data) => unknown,
): Promise<void> {
  const { seat, report } = await takeSeat();
  const transport = createThreadTransport(seat.world, seat.rank);
  const communicator = createCommunicator(transport, { timeout: seat.timeout });
  try {
    const result = await main(communicator, seat.data as Data);
    await communicator.close();
    report({ deepspeedOutcome: 'result', result });
  } catch (error) {
    if (CommunicationError.isInstance(error)) {
      transport.abort(error);
      report({ deepspeedOutcome: 'communication', text: encodeError(error) });
      return;
    }
    transport.abort(new RankFailedError(`Rank ${seat.rank} failed: ${String(error)}`, [seat.rank]));
    report({ deepspeedOutcome: 'error', error: error instanceof Error ? error : new Error(String(error)) });
  }
}

/** Finds what the launcher gave to this worker. */
async function takeSeat(): Promise<{ readonly seat: Seat; readonly report: (outcome: Outcome) => void }> {
  if (!isNode) {
    const seat = await new Promise<Seat>((resolve) => {
      addEventListener('message', ({ data }: MessageEvent<Record<string, Seat>>) => {
        if (data?.[seatKey] !== undefined) resolve(data[seatKey]);
      });
    });
    return { seat, report: (outcome) => postMessage(outcome) };
  }
  const { parentPort, workerData } = await importNode<typeof WorkerThreads>('node:worker_threads');
  const seat = (workerData as Record<string, Seat> | null)?.[seatKey];
  if (seat === undefined || parentPort === null) {
    throw new InvalidStateError(
      'runRank works in workers that launch has started: call launch(file, { ranks }).',
    );
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- ports of threads have none
  return { seat, report: (outcome) => parentPort.postMessage(outcome) };
}
