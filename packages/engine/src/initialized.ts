/**
 * What `initialize` resolves to: `const { engine } = ...` and `const [engine, optimizer, loader, scheduler] = ...`
 * both work.
 */
export type Initialized<Engine, Optimizer, Loader, Scheduler> = readonly [
  engine: Engine,
  optimizer: Optimizer,
  trainingDataLoader: Loader,
  lrScheduler: Scheduler,
] & {
  readonly engine: Engine;
  readonly optimizer: Optimizer;
  readonly trainingDataLoader: Loader;
  readonly lrScheduler: Scheduler;
};

/** Gives the four parts both forms. */
export function toInitialized<Engine, Optimizer, Loader, Scheduler>(parts: {
  readonly engine: Engine;
  readonly optimizer: Optimizer;
  readonly trainingDataLoader: Loader;
  readonly lrScheduler: Scheduler;
}): Initialized<Engine, Optimizer, Loader, Scheduler> {
  const { engine, optimizer, trainingDataLoader, lrScheduler } = parts;
  return Object.assign([engine, optimizer, trainingDataLoader, lrScheduler] as const, parts);
}
