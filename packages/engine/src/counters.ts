/** What the engine counts; DeepSpeed's names in camelCase. */
export interface Counters {
  /** Optimizer steps, skipped ones included. */
  globalSteps: number;
  /** Samples in them, over all ranks. */
  globalSamples: number;
  /** Calls of `step()`: micro-batches of this rank. */
  microSteps: number;
  /** Optimizer steps skipped because a gradient was not finite. */
  skippedSteps: number;
}
