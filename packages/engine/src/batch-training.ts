import type { Slab } from '@ds/tensor';
import { InvalidArgumentError, InvalidStateError } from '@ds/tensor';
import type { InputAndTarget } from './batch.ts';
import { splitBatch } from './batch.ts';
import type { BatchSource } from './batch-reader.ts';
import { BatchReader, isBatchSource } from './batch-reader.ts';
import type { StepReport } from './step-report.ts';
import type { TrainingLoop } from './training-loop.ts';

/** Computes the scalar to be minimized from what the model returned. */
export type Loss<T, Output, Target> = (output: Output, target: Target) => T;

/** Whole steps, epochs and evaluations over batches: the short way around forward, backward and step. */
export class BatchTraining<T, S extends Slab, Input, Output, Batch> {
  readonly #loop: TrainingLoop<T, S, Input, Output>;
  readonly #loss: Loss<T, Output, unknown> | undefined;
  readonly #loader: AsyncIterable<Batch> | undefined;
  readonly #reader = new BatchReader<Batch>();

  constructor(
    loop: TrainingLoop<T, S, Input, Output>,
    loss: Loss<T, Output, unknown> | undefined,
    loader: AsyncIterable<Batch> | undefined,
  ) {
    this.#loop = loop;
    this.#loss = loss;
    this.#loader = loader;
  }

  /** One optimizer step; returns its mean loss. */
  async trainBatch(batches: BatchSource<Batch> | Batch | undefined = this.#loader): Promise<number> {
    this.#checkMode('trainBatch');
    if (batches === undefined) throw noLoader('trainBatch');
    if (!isBatchSource<Batch>(batches)) return this.#trainOne(batches);
    let report = await this.#microStep((await this.#reader.nextOfAnyEpoch(batches)).value);
    while (report === undefined) {
      const batch = await this.#reader.next(batches);
      report = batch === undefined ? await this.#loop.flush() : await this.#microStep(batch.value);
    }
    // Read by every micro-step here.
    return report.loss!;
  }

  /** All steps up to the end of the epoch; returns the mean of their losses. */
  async trainEpoch(batches: BatchSource<Batch> | undefined = this.#loader): Promise<number> {
    this.#checkMode('trainEpoch');
    if (batches === undefined) throw noLoader('trainEpoch');
    let sum = 0;
    let steps = 0;
    const add = (report: StepReport | undefined): void => {
      sum += report?.loss ?? 0;
      steps += report === undefined ? 0 : 1;
    };
    for (
      let batch: { readonly value: Batch } | undefined = await this.#reader.nextOfAnyEpoch(batches);
      batch !== undefined;
      batch = await this.#reader.next(batches)
    ) {
      add(await this.#microStep(batch.value));
    }
    add(await this.#loop.flush());
    return sum / steps;
  }

  /** The loss of a batch, without gradients. */
  async evalBatch(batch: Batch): Promise<number> {
    return this.#loop.alone('evalBatch', async () => {
      const { model } = this.#loop.parts;
      const { output, loss } = this.#apply(batch, (input) => model.evaluate(input));
      try {
        return await model.scalar(loss);
      } finally {
        model.release(output);
        if ((output as unknown) !== loss) model.release(loss);
      }
    });
  }

  dispose(): void {
    this.#reader.close();
  }

  async #trainOne(batch: Batch): Promise<number> {
    const { accumulation } = this.#loop.batchSizes;
    if (accumulation > 1) {
      throw new InvalidArgumentError(
        `trainBatch() was given one batch, but a step takes ${accumulation} micro-batches ` +
          '(gradient_accumulation_steps). Give a loader or an iterator, for example [first, second].values().',
      );
    }
    return (await this.#microStep(batch))!.loss!;
  }

  async #microStep(batch: Batch): Promise<StepReport | undefined> {
    const { loss } = this.#apply(batch, (input) => this.#loop.forward(input));
    this.#loop.backward(loss);
    return this.#loop.step({ readLoss: true });
  }

  #apply(batch: Batch, run: (input: Input) => Output): { readonly output: Output; readonly loss: T } {
    // Without a loss the model takes the whole batch and returns the scalar to be minimized.
    if (this.#loss === undefined) {
      const output = run(batch as unknown as Input);
      return { output, loss: output as unknown as T };
    }
    const { input, target } = splitBatch(batch as InputAndTarget<Input, unknown>);
    const output = run(input);
    return { output, loss: this.#loss(output, target) };
  }

  #checkMode(name: string): void {
    this.#loop.ready(name);
    this.#loop.requireNoPendingBackward(name);
    if (this.#loop.forcedBoundary !== undefined) {
      throw new InvalidStateError(
        `${name}() finds the accumulation boundary itself, but it was set by hand. ` +
          'Call setGradientAccumulationBoundary(undefined) first.',
      );
    }
    if (!this.#loop.training) {
      throw new InvalidStateError(
        this.#loop.parts.optimizer === undefined
          ? `${name}() needs an optimizer. Put "optimizer" into the configuration, or give one to initialize().`
          : `${name}() was called in evaluation mode. Call engine.train() first.`,
      );
    }
  }
}

function noLoader(name: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `${name}() needs batches: give a loader or an iterator, or give "trainingData" to initialize().`,
  );
}
