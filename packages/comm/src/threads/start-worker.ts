import type * as WorkerThreads from 'node:worker_threads';
import { importNode, isNode } from '../import-node.ts';
import type { Seat } from './seat.ts';
import { seatKey } from './seat.ts';

/** What the launcher hears from a worker. */
export interface WorkerEvents {
  readonly message: (message: unknown) => void;
  /** The worker threw what nobody caught. */
  readonly error: (error: unknown) => void;
  /** The worker has ended; pages never learn of it. */
  readonly exit: (code: number) => void;
}

/** A worker, of Node or of a page. */
export interface RunningWorker {
  terminate(): Promise<void>;
}

/** Starts a worker and gives it its seat. */
export async function startWorker(
  file: URL | string,
  seat: Seat,
  events: WorkerEvents,
): Promise<RunningWorker> {
  if (isNode) {
    const { Worker: NodeWorker } = await importNode<typeof WorkerThreads>('node:worker_threads');
    const worker = new NodeWorker(file, { workerData: { [seatKey]: seat } });
    worker.on('message', events.message);
    worker.on('error', events.error);
    worker.on('exit', events.exit);
    return {
      async terminate() {
        await worker.terminate();
      },
    };
  }
  const worker = new Worker(file, { type: 'module' });
  worker.addEventListener('message', (event) => events.message(event.data));
  worker.addEventListener('error', (event) => events.error(event.error ?? new Error(event.message)));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- workers have none
  worker.postMessage({ [seatKey]: seat });
  return {
    async terminate() {
      worker.terminate();
      events.exit(1);
    },
  };
}
