import type { Answer, Request, Runs } from './side.ts';

/** A thread with tfjs, kernels and memory of its own. */
export interface Thread {
  ask(request: Request): Promise<Answer>;
  end(): Promise<void>;
}

/** A place where benchmarks run: Node, or a page. */
export interface Host {
  readonly kind: 'node' | 'browser';
  /** For the head of a table, with the version. */
  readonly name: string;
  startThread(): Promise<Thread>;
  close(): Promise<void>;
}

/** A contender in some thread. */
export interface Side {
  run(times: number): Promise<Runs>;
  dispose(): Promise<void>;
}

let nextId = 0;

/** Makes the contender that `sides/NAME.ts` describes. */
export async function createSide(thread: Thread, side: string, parameters: unknown): Promise<Side> {
  const id = nextId++;
  const ask = async (request: Request): Promise<Runs | null> => {
    const answer = await thread.ask(request);
    if ('error' in answer) throw new Error(`${side}: ${answer.error}`);
    return answer.result;
  };
  await ask({ kind: 'create', id, side, parameters });
  return {
    run: async (times) => (await ask({ kind: 'run', id, times }))!,
    async dispose() {
      await ask({ kind: 'dispose', id });
    },
  };
}
