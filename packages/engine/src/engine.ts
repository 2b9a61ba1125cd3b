import type { CheckpointStorage } from '@ds/checkpoint';
import type { Model, Optimizer, Slab } from '@ds/tensor';
import type { BatchSource } from './batch-reader.ts';
import type { EngineLoadOptions, EngineCheckpoint, EngineSaveOptions } from './checkpoint.ts';
import type { DataLoader } from './data-loader.ts';
import type { LearningRateScheduler } from './learning-rate-scheduler.ts';
import type { StepListener, StepReport } from './step-report.ts';

/** Options of `engine.step()` and `engine.flush()`. */
export interface EngineStepOptions {
  /** What `ReduceLROnPlateau` watches; default: the step's mean loss. */
  readonly metric?: number;
}

/**
 * A model in training: calling it runs the model, `backward` and `step` train it.
 *
 * `engine(input)` is `engine.forward(input)`. Methods need no `this`. After a failure between `forward` and `step`
 * the engine can go on with the next `forward`. All that works on the model (`forward`, `backward`, `step`, `flush`,
 * `trainBatch`, `trainEpoch`, `evalBatch`, `zeroGrad`, `setTrainBatchSize`, `saveCheckpoint`, `loadCheckpoint`) throws
 * an `InvalidStateError` after `dispose`, and while an asynchronous method still runs; what only tells or notes
 * something (`getLr`, `globalSteps`, `train`, `onStep`, ...) may be called at any time.
 *
 * @example
 * for await (const [x, y] of trainingDataLoader) {
 *   const loss = tf.losses.meanSquaredError(y, engine(x));
 *   engine.backward(loss);
 *   await engine.step();
 * }
 */
export interface Engine<T, S extends Slab, Input, Output, Batch> {
  (input: Input): Output;
  /** The model; it belongs to the engine. */
  readonly model: Model<T, S, Input, Output>;
  /** `undefined` when none was configured: the engine is for inference. */
  readonly optimizer: Optimizer<S> | undefined;
  readonly lrScheduler: LearningRateScheduler | undefined;
  readonly trainingDataLoader: DataLoader<Batch> | undefined;

  /**
   * Runs the model and records it, so that `backward` can follow; what you compute from the output is recorded
   * too, and released by `backward`. In evaluation mode nothing is recorded and the output is yours to dispose.
   */
  forward(input: Input): Output;
  /**
   * Adds the gradients of the loss to those of this step, each micro-batch with the weight
   * `1 / gradientAccumulationSteps()`, and returns the loss as it was given.
   *
   * @throws InvalidStateError without a `forward` before it.
   */
  backward(loss: T): T;
  /**
   * Ends a micro-batch. At an accumulation boundary it clips the gradients, updates the parameters and moves the
   * schedule on; a step whose gradient norm is not finite is skipped, with a warning.
   *
   * @returns what was done; `undefined` between boundaries. Its `loss` is `undefined` unless somebody listens (`onStep`).
   * @throws InvalidStateError without a `backward` before it.
   */
  step(options?: EngineStepOptions): Promise<StepReport | undefined>;
  /**
   * Updates the parameters with the mean of the micro-batches since the last step, if there are any: for the end
   * of an epoch that is no multiple of the accumulation steps.
   */
  flush(options?: EngineStepOptions): Promise<StepReport | undefined>;

  /**
   * Takes one optimizer step and returns its mean loss.
   *
   * @param batches a loader or stream (read on at every call, epoch after epoch), an iterator, or, without
   * accumulation, one batch; default: the engine's own loader. When an epoch ends before the step is complete, the
   * step takes the micro-batches there are.
   */
  trainBatch(batches?: BatchSource<Batch> | Batch): Promise<number>;
  /** Takes the steps up to the end of the epoch, the last with what is left over; returns their mean loss. */
  trainEpoch(batches?: BatchSource<Batch>): Promise<number>;
  /**
   * Returns the loss of a batch, without gradients and without counting it.
   *
   * @throws InvalidArgumentError when the loss is not a scalar, as `trainBatch` does.
   */
  evalBatch(batch: Batch): Promise<number>;

  /** Whether `step()` for the current micro-batch will update the parameters. */
  isGradientAccumulationBoundary(): boolean;
  /** Decides that by hand for all steps to come; `undefined` goes back to counting. */
  setGradientAccumulationBoundary(isBoundary: boolean | undefined): void;
  /** Forgets the gradients since the last optimizer step. */
  zeroGrad(): void;
  /** Training mode (the default): `forward` records. */
  train(): void;
  /** Evaluation mode: `forward` records nothing. */
  eval(): void;

  /** Norm of all gradients of the last optimizer step, before clipping; `undefined` before the first. */
  getGlobalGradNorm(): number | undefined;
  /** Whether the last optimizer step changed the parameters. */
  wasStepApplied(): boolean;
  /** Learning rates by parameter group, as the next step will use them. */
  getLr(): number[];
  /** Adam's betas or SGD's momentum by parameter group; 0 where there is neither. */
  getMom(): (number | readonly [number, number])[];
  /** Samples per optimizer step, over all ranks. */
  trainBatchSize(): number;
  /** Samples per forward and backward pass of one rank. */
  trainMicroBatchSizePerGpu(): number;
  /** Micro-batches per optimizer step. */
  gradientAccumulationSteps(): number;
  /**
   * Changes the number of accumulation steps so that a training batch has this size.
   *
   * @throws InvalidArgumentError unless it is a multiple of the micro-batch size times the number of ranks;
   * InvalidStateError in the middle of a step.
   */
  setTrainBatchSize(size: number): void;
  /** Optimizer steps, skipped ones included. */
  readonly globalSteps: number;
  /** Samples in them, over all ranks. */
  readonly globalSamples: number;
  /** Calls of `step()`. */
  readonly microSteps: number;
  /** Optimizer steps skipped because a gradient was not finite. */
  readonly skippedSteps: number;

  /** Adds a listener, told after every optimizer step; returns how to remove it. */
  onStep(listener: StepListener): () => void;

  /**
   * Saves everything that training needs to go on bit for bit: parameters, optimizer, schedule, counters, loader
   * position, and the gradients of a step that is under way.
   *
   * @returns where it was saved.
   */
  saveCheckpoint(
    folder: string | CheckpointStorage,
    options?: EngineSaveOptions,
  ): Promise<{ readonly tag: string }>;
  /**
   * Continues from a checkpoint, or changes nothing.
   *
   * @throws CheckpointError when there is none; CheckpointMismatchError when any part of it does not fit: the model,
   * the optimizer and its groups, the schedule, the loader's position.
   */
  loadCheckpoint(folder: string | CheckpointStorage, options?: EngineLoadOptions): Promise<EngineCheckpoint>;

  /** Frees gradients, optimizer state and the model; parameters that the model was given stay. */
  dispose(): void;
  [Symbol.dispose](): void;
}
