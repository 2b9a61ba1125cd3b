import { unscaleAndClip } from '@ds/optim';
import type { Model, Optimizer, Slab } from '@ds/tensor';
import { InvalidArgumentError, InvalidStateError } from '@ds/tensor';
import type { BatchSizes } from './config/batch-size.ts';
import type { Counters } from './counters.ts';
import { describeNonFinite } from './describe-non-finite.ts';
import type { GradientAccumulator } from './gradient-accumulator.ts';
import { createGradientAccumulator } from './gradient-accumulator.ts';
import type { LearningRateScheduler } from './learning-rate-scheduler.ts';
import type { Logger } from './logger.ts';
import type { StepListener, StepReport } from './step-report.ts';
import { formatStepReport } from './step-report.ts';

/** What the loop is made of. */
export interface TrainingLoopParts<T, S extends Slab, Input, Output> {
  readonly model: Model<T, S, Input, Output>;
  readonly optimizer: Optimizer<S> | undefined;
  readonly scheduler: LearningRateScheduler | undefined;
  readonly batchSizes: BatchSizes;
  readonly ranks: number;
  /** Largest gradient norm; 0: no limit. */
  readonly gradientClipping: number;
  readonly stepsPerPrint: number | undefined;
  readonly logger: Logger;
}

/** The micro-batches since the last optimizer step. */
interface Window {
  microBatches: number;
  /** Sum of the losses that were read, and how many. */
  lossSum: number;
  lossesRead: number;
}

/**
 * Forward, backward and step, and what they need to remember in between.
 *
 * Owns the gradients; everything else it uses belongs to the engine around it.
 */
export class TrainingLoop<T, S extends Slab, Input, Output> {
  readonly parts: TrainingLoopParts<T, S, Input, Output>;
  readonly gradients: GradientAccumulator<S> | undefined;
  readonly listeners: Set<StepListener> = new Set();
  readonly counters: Counters = { globalSteps: 0, globalSamples: 0, microSteps: 0, skippedSteps: 0 };
  batchSizes: BatchSizes;
  /** Set by hand; `undefined`: a boundary after every `accumulation` micro-batches. */
  forcedBoundary: boolean | undefined;
  /** Whether `forward` records. Without an optimizer the engine is for inference only. */
  training: boolean;
  lastNorm: number | undefined;
  lastApplied = false;
  window: Window = emptyWindow();
  #awaitsBackward = false;
  #loss: T | undefined;
  #busy: string | undefined;
  #disposed = false;
  #stepEnded: number | undefined;

  constructor(parts: TrainingLoopParts<T, S, Input, Output>) {
    this.parts = parts;
    this.batchSizes = parts.batchSizes;
    const { model, optimizer } = parts;
    this.training = optimizer !== undefined;
    this.gradients = optimizer && createGradientAccumulator(model.device, model.layout);
  }

  /** Runs `body` as the only asynchronous work of the engine. */
  async alone<R>(name: string, body: () => Promise<R>): Promise<R> {
    this.ready(name);
    this.#busy = name;
    try {
      return await body();
    } finally {
      this.#busy = undefined;
    }
  }

  /** Throws when the engine was disposed, or still works on something that was not awaited. */
  ready(name: string): void {
    if (this.#disposed) {
      throw new InvalidStateError(
        `${name}() was called after dispose(). Create a new engine with initialize().`,
      );
    }
    if (this.#busy !== undefined) {
      throw new InvalidStateError(
        `${name}() was called while ${this.#busy}() still runs. Write "await engine.${this.#busy}(...)".`,
      );
    }
  }

  forward(input: Input): Output {
    this.ready('forward');
    const { model } = this.parts;
    if (!this.training) return model.evaluate(input);
    this.#stepEnded ??= performance.now();
    const output = model.forward(input);
    this.#awaitsBackward = true;
    return output;
  }

  backward(loss: T): T {
    this.ready('backward');
    const { gradients } = this;
    if (gradients === undefined) {
      throw new InvalidStateError(
        'backward() needs an optimizer. Put "optimizer" into the configuration, or give one to initialize().',
      );
    }
    if (!this.#awaitsBackward) {
      throw new InvalidStateError(
        this.training
          ? 'backward() comes after a forward(), and once for each: the recording is used up by it.'
          : 'backward() was called in evaluation mode, where forward() records nothing. Call engine.train() first.',
      );
    }
    this.parts.model.backward(loss, {
      scale: 1 / this.batchSizes.accumulation,
      onBlock: (_, ofBlock) => gradients.add(ofBlock),
    });
    this.#awaitsBackward = false;
    this.#loss = loss;
    return loss;
  }

  isBoundary(): boolean {
    return this.forcedBoundary ?? this.window.microBatches + 1 >= this.batchSizes.accumulation;
  }

  /** Ends a micro-batch; at a boundary, updates the parameters and says how it went. */
  async step({
    metric,
    readLoss = this.#wantsLosses(),
  }: { readonly metric?: number | undefined; readonly readLoss?: boolean } = {}): Promise<
    StepReport | undefined
  > {
    const report = await this.alone('step', async () => {
      this.requireBackward();
      const isBoundary = this.isBoundary();
      const loss = this.#loss as T;
      this.#loss = undefined;
      this.window.microBatches += 1;
      this.counters.microSteps += 1;
      if (readLoss) {
        this.window.lossSum += await this.parts.model.scalar(loss);
        this.window.lossesRead += 1;
      }
      return isBoundary ? this.#update(metric) : undefined;
    });
    if (report !== undefined) await this.#tell(report);
    return report;
  }

  /** Updates the parameters with what there is, if there is anything. */
  async flush({ metric }: { readonly metric?: number | undefined } = {}): Promise<StepReport | undefined> {
    const report = await this.alone('flush', async () => {
      this.requireNoPendingBackward('flush');
      return this.window.microBatches === 0 ? undefined : this.#update(metric);
    });
    if (report !== undefined) await this.#tell(report);
    return report;
  }

  /** Throws unless there was a `backward()` since the last `step()`. */
  requireBackward(): void {
    if (this.#loss !== undefined) return;
    throw new InvalidStateError(
      'step() comes after a backward(): there are no new gradients. Call forward(), backward(loss), then step(), ' +
        'once for every micro-batch.',
    );
  }

  /** Throws when a `backward()` still waits for its `step()`. */
  requireNoPendingBackward(name: string): void {
    if (this.#loss === undefined) return;
    throw new InvalidStateError(`${name}() was called between backward() and step(). Call step() first.`);
  }

  /** Forgets the gradients since the last optimizer step. */
  zeroGrad(): void {
    this.ready('zeroGrad');
    this.clear();
  }

  /** `zeroGrad` for use within the engine's own work. */
  clear(): void {
    this.gradients?.clear();
    this.window = emptyWindow();
    this.#loss = undefined;
  }

  setTrainBatchSize(train: number): void {
    this.ready('setTrainBatchSize');
    const { micro } = this.batchSizes;
    const unit = micro * this.parts.ranks;
    if (!Number.isSafeInteger(train) || train < 1 || train % unit !== 0) {
      const nearest = Math.max(1, Math.round(train / unit) || 1) * unit;
      throw new InvalidArgumentError(
        `The training batch size must be a multiple of ${unit} (the micro-batch size times the number of ranks); ` +
          `${train} is not. The nearest one is ${nearest}.`,
      );
    }
    if (this.window.microBatches > 0) {
      throw new InvalidStateError(
        `setTrainBatchSize() was called after ${this.window.microBatches} of ${this.batchSizes.accumulation} ` +
          'micro-batches. Call it after an optimizer step, or flush() first.',
      );
    }
    this.batchSizes = { train, micro, accumulation: train / unit };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.gradients?.dispose();
  }

  #wantsLosses(): boolean {
    const { scheduler, stepsPerPrint } = this.parts;
    // The only scheduler that needs a metric; the mean loss is its default.
    return this.listeners.size > 0 || stepsPerPrint !== undefined || scheduler?.type === 'ReduceLROnPlateau';
  }

  async #update(metric: number | undefined): Promise<StepReport> {
    const { parts, counters, window, batchSizes } = this;
    const gradients = this.gradients!;
    const optimizer = parts.optimizer!;
    // Each loss was scaled by 1 / accumulation; the step uses the mean of the micro-batches there are.
    const correction = batchSizes.accumulation / window.microBatches;
    const norm = Math.sqrt(await gradients.sumOfSquares()) * correction;
    const skipped = !Number.isFinite(norm);
    const lr = optimizer.paramGroups[0]?.lr ?? 0;
    if (!skipped) {
      optimizer.step({
        parameter: (name) => parts.model.parameter(name),
        gradient: (name) => gradients.gradient(name),
        gradientScale: correction * unscaleAndClip({ norm, maxNorm: parts.gradientClipping }),
      });
    }
    const loss = window.lossesRead === 0 ? undefined : window.lossSum / window.lossesRead;
    counters.globalSteps += 1;
    counters.globalSamples += window.microBatches * batchSizes.micro * parts.ranks;
    if (skipped) {
      counters.skippedSteps += 1;
      parts.logger.warn(await describeNonFinite(counters, gradients));
    }
    this.lastNorm = norm;
    this.lastApplied = !skipped;
    gradients.clear();
    this.window = emptyWindow();
    // Last, so that the step is over also where the schedule throws.
    if (!skipped) parts.scheduler?.step(metric ?? loss);
    const now = performance.now();
    const seconds = (now - (this.#stepEnded ?? now)) / 1000;
    this.#stepEnded = now;
    const { globalSteps: step, globalSamples: samples } = counters;
    return { step, loss, lr, gradNorm: norm, skipped, samples, seconds };
  }

  async #tell(report: StepReport): Promise<void> {
    const { stepsPerPrint, logger } = this.parts;
    if (stepsPerPrint !== undefined && report.step % stepsPerPrint === 0)
      logger.info(formatStepReport(report));
    for (const listener of this.listeners) await listener(report);
  }
}

function emptyWindow(): Window {
  return { microBatches: 0, lossSum: 0, lossesRead: 0 };
}
