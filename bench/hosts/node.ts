import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Host } from '../host.ts';
import type { Answer } from '../side.ts';

/** Runs sides in worker threads of this process. */
export const nodeHost: Host = {
  kind: 'node',
  name: `Node ${process.versions.node}`,
  async startThread() {
    const worker = new Worker(new URL('node-thread.ts', import.meta.url));
    await once(worker, 'online');
    return {
      async ask(request) {
        const answer = once(worker, 'message') as Promise<[Answer]>;
        worker.postMessage(request, []);
        return (await answer)[0];
      },
      async end() {
        await worker.terminate();
      },
    };
  },
  async close() {},
};
