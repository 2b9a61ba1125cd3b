/** One side of a comparison: prepared once, then run many times. */
export interface Contender {
  /** Does the work once and waits until it is done; returns its loss, if it has one. */
  run(): Promise<number | undefined>;
  dispose(): void;
}

/** Where a contender is made: a file of `sides/` exports `create`, and gets what the benchmark says. */
export interface SideModule {
  readonly create: (parameters: never) => Promise<Contender>;
}

/** Some runs of a contender, one after another. */
export interface Runs {
  /** Time of all of them together. */
  readonly milliseconds: number;
  /** What each of them returned. */
  readonly values: readonly (number | undefined)[];
}

/** What a thread is asked to do; answered in order. */
export type Request =
  | { readonly kind: 'create'; readonly id: number; readonly side: string; readonly parameters: unknown }
  | { readonly kind: 'run'; readonly id: number; readonly times: number }
  | { readonly kind: 'dispose'; readonly id: number };

export type Answer = { readonly result: Runs | null } | { readonly error: string };

/** Answers requests, in a thread or worker; `load` imports a file of `sides/`. */
export function createResponder(
  load: (side: string) => Promise<SideModule>,
): (request: Request) => Promise<Answer> {
  const contenders = new Map<number, Contender>();
  return async (request) => {
    try {
      return { result: await answer(request) };
    } catch (error) {
      return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };

  async function answer(request: Request): Promise<Runs | null> {
    if (request.kind === 'create') {
      const { create } = await load(request.side);
      contenders.set(request.id, await create(request.parameters as never));
      return null;
    }
    const contender = contenders.get(request.id)!;
    if (request.kind === 'run') return run(contender, request.times);
    contender.dispose();
    contenders.delete(request.id);
    return null;
  }
}

async function run(contender: Contender, times: number): Promise<Runs> {
  const values: (number | undefined)[] = [];
  const begin = performance.now();
  for (let count = 0; count < times; count++) values.push(await contender.run());
  return { milliseconds: performance.now() - begin, values };
}
