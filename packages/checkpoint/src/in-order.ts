/** The last task for each place, by path or storage, while it runs. */
const tasks = new Map<unknown, Promise<unknown>>();

/** Runs a task after those begun before it for the same place, whether they succeed or not. */
export async function inOrder<R>(place: unknown, run: () => Promise<R>): Promise<R> {
  const before = tasks.get(place);
  const task = (async () => {
    await before?.catch(() => undefined);
    return run();
  })();
  tasks.set(place, task);
  try {
    return await task;
  } finally {
    if (tasks.get(place) === task) tasks.delete(place);
  }
}
