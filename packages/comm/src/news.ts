/** Wakes those who wait for something to happen. */
export interface News {
  /** Tells all who wait that something has happened. */
  wake(): void;
  /** Resolves at the next `wake`, or after some milliseconds. */
  wait(milliseconds: number): Promise<void>;
}

/** Creates news for the waits of one thread. */
export function createNews(): News {
  let waiting: (() => void)[] = [];
  return {
    wake() {
      const woken = waiting;
      waiting = [];
      for (const resolve of woken) resolve();
    },
    wait: (milliseconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}
