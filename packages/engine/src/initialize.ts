import type { Model, Optimizer, Slab } from '@ds/tensor';
import type { InputAndTarget } from './batch.ts';
import type { Loss } from './batch-training.ts';
import { resolveBatchSizes } from './config/batch-size.ts';
import { parseConfig } from './config/parse.ts';
import { readConfig } from './config/read.ts';
import type { DeepSpeedConfig } from './config/schema.ts';
import { createEngine } from './create-engine.ts';
import type { Collate, DataLoader } from './data-loader.ts';
import { createDataLoader } from './data-loader.ts';
import type { Dataset } from './dataset.ts';
import { isStream } from './dataset.ts';
import type { Engine } from './engine.ts';
import { ConfigError } from './errors.ts';
import type { Initialized } from './initialized.ts';
import { toInitialized } from './initialized.ts';
import type { LearningRateScheduler, LearningRateSchedulerSource } from './learning-rate-scheduler.ts';
import { bindScheduler } from './learning-rate-scheduler.ts';
import type { Logger } from './logger.ts';
import type { OptimizerSource } from './optimizer-source.ts';
import { toDefinition } from './optimizer-source.ts';
import type { StepListener } from './step-report.ts';
import { requireTrainingOptions } from './training-options.ts';

/** The examples of a data set. */
export type ItemOf<Data> =
  Data extends AsyncIterable<infer Item>
    ? Item
    : Data extends { get(index: number): infer Item }
      ? Awaited<Item>
      : Data extends ArrayLike<infer Item>
        ? Item
        : never;

/** What `initialize` takes besides the model and the loss. */
export interface TrainingOptions<
  Batch,
  Data extends Dataset<unknown> | undefined,
  Given extends OptimizerSource | undefined,
  Schedule extends LearningRateSchedulerSource | undefined,
> {
  /** A configuration, or the path of a JSON file with one (comments allowed). */
  readonly config: DeepSpeedConfig | string;
  /** Used instead of the configuration's `optimizer`: `adamW({ ... })`, or `{ type, params }`. */
  readonly optimizer?: Given;
  /** Used instead of the configuration's `scheduler`. */
  readonly lrScheduler?: Schedule | LearningRateSchedulerSource;
  /** What `trainingDataLoader` hands out in micro-batches. */
  readonly trainingData?: Data;
  /** Makes a micro-batch of examples; default: the array of them. The loader releases its tensors after use. */
  readonly collate?: Collate<ItemOf<Data>, Batch>;
  /** Whether each epoch has a new order; default true, except for streams. */
  readonly shuffle?: boolean;
  /** Where shuffling starts; default 0. */
  readonly seed?: number;
  /** Told about every optimizer step. */
  readonly onStep?: StepListener;
  /** Gets the line of every `steps_per_print` steps, and warnings of skipped steps; default `console`. */
  readonly logger?: Logger;
}

/** The options of `initialize` when the loss is computed from output and target. */
export interface InitializeWithLossOptions<
  T,
  S extends Slab,
  Input,
  Output,
  Target,
  Data extends Dataset<unknown> | undefined,
  Given extends OptimizerSource | undefined,
  Schedule extends LearningRateSchedulerSource | undefined,
> extends TrainingOptions<InputAndTarget<NoInfer<Input>, NoInfer<Target>>, Data, Given, Schedule> {
  /** Belongs to the engine from here on: `engine.dispose()` disposes it. */
  readonly model: Model<T, S, Input, Output>;
  /** Returns the scalar to be minimized, and leaves no other tensor behind (with tfjs: inside `tf.tidy`). */
  readonly loss: Loss<T, Output, Target>;
}

/** The options of `initialize` when the model's output is the loss, or the loop is your own. */
export interface InitializeOptions<
  T,
  S extends Slab,
  Input,
  Output,
  Data extends Dataset<unknown> | undefined,
  Given extends OptimizerSource | undefined,
  Schedule extends LearningRateSchedulerSource | undefined,
> extends TrainingOptions<NoInfer<Input>, Data, Given, Schedule> {
  /** Belongs to the engine from here on: `engine.dispose()` disposes it. */
  readonly model: Model<T, S, Input, Output>;
  readonly loss?: undefined;
}

/** The four parts, each as exactly as the options tell. */
export type InitializedFor<
  T,
  S extends Slab,
  Input,
  Output,
  Batch,
  Data,
  Given extends OptimizerSource | undefined,
  Schedule extends LearningRateSchedulerSource | undefined,
> = Initialized<
  Engine<T, S, Input, Output, Batch>,
  Given extends OptimizerSource ? Optimizer<S> : Optimizer<S> | undefined,
  Data extends undefined ? undefined : DataLoader<Batch>,
  Schedule extends LearningRateSchedulerSource ? LearningRateScheduler : LearningRateScheduler | undefined
>;

/**
 * Makes a model trainable: creates its optimizer, schedule and data loader, and the engine that drives them.
 *
 * With a `loss`, a batch is `[input, target]` or `{ xs, ys }`; without, a batch is the model's input. `optimizer` and
 * `lrScheduler` take the place of what the configuration says. Without any optimizer the engine is for inference.
 *
 * @returns the four parts, to be taken apart by name or, as in DeepSpeed, by position.
 * @throws ConfigError when the configuration cannot be used; SchedulerError or InvalidArgumentError when a
 * parameter of scheduler or optimizer, or another option, is wrong; UnknownNameError for an option that does not exist.
 *
 * @example
 * const { engine, trainingDataLoader } = await initialize({
 *   model,
 *   loss: (output, target) => tf.tidy(() => tf.losses.meanSquaredError(target, output)),
 *   config: { train_batch_size: 32, optimizer: { type: 'AdamW', params: { lr: 1e-3 } } },
 *   trainingData: examples,
 *   collate: toTensors,
 * });
 * for (let epoch = 0; epoch < 3; epoch++) console.log(await engine.trainEpoch());
 */
export async function initialize<
  T,
  S extends Slab,
  Input,
  Output,
  Target = T,
  Data extends Dataset<unknown> | undefined = undefined,
  Given extends OptimizerSource | undefined = undefined,
  Schedule extends LearningRateSchedulerSource | undefined = undefined,
>(
  options: InitializeWithLossOptions<T, S, Input, Output, Target, Data, Given, Schedule>,
): Promise<InitializedFor<T, S, Input, Output, InputAndTarget<Input, Target>, Data, Given, Schedule>>;
export async function initialize<
  T,
  S extends Slab,
  Input,
  Output,
  Data extends Dataset<unknown> | undefined = undefined,
  Given extends OptimizerSource | undefined = undefined,
  Schedule extends LearningRateSchedulerSource | undefined = undefined,
>(
  options: InitializeOptions<T, S, Input, Output, Data, Given, Schedule>,
): Promise<InitializedFor<T, S, Input, Output, Input, Data, Given, Schedule>>;
export async function initialize<T, S extends Slab, Input, Output, Batch>(
  options: TrainingOptions<Batch, Dataset<unknown>, OptimizerSource, LearningRateSchedulerSource> & {
    readonly model: Model<T, S, Input, Output>;
    readonly loss?: Loss<T, Output, unknown> | undefined;
  },
): Promise<
  Initialized<
    Engine<T, S, Input, Output, Batch>,
    Optimizer<S> | undefined,
    DataLoader<Batch> | undefined,
    LearningRateScheduler | undefined
  >
> {
  requireTrainingOptions(options);
  const { model, loss, logger = console, onStep } = options;
  const config =
    typeof options.config === 'string' ? await readConfig(options.config) : parseConfig(options.config);
  const batchSizes = resolveBatchSizes(config);
  const chosen = options.optimizer ?? config.optimizer;
  const definition = chosen === undefined ? undefined : toDefinition(chosen);
  const source = options.lrScheduler ?? config.scheduler;
  if (source !== undefined && definition === undefined) {
    throw new ConfigError([
      {
        path: 'scheduler',
        message: '"scheduler" needs an "optimizer", whose learning rate it sets. Add one.',
      },
    ]);
  }
  const loader = trainingLoader(options, batchSizes.micro, config.dataloader_drop_last ?? false);
  const optimizer = definition?.create({ device: model.device, layout: model.layout });
  let scheduler: LearningRateScheduler | undefined;
  try {
    scheduler = source === undefined ? undefined : bindScheduler(source, optimizer!);
    for (const warning of scheduler?.warnings ?? []) logger.warn(warning);
  } catch (error) {
    optimizer?.dispose();
    throw error;
  }
  const engine = createEngine<T, S, Input, Output, Batch>({
    model,
    optimizer,
    scheduler,
    batchSizes,
    ranks: 1,
    gradientClipping: config.gradient_clipping ?? 1,
    stepsPerPrint: config.steps_per_print,
    logger,
    loss,
    loader,
    // As a file would have it: selectors of parameter groups are functions, which a checkpoint cannot hold.
    config: JSON.parse(JSON.stringify(config)) as unknown,
  });
  if (onStep !== undefined) engine.onStep(onStep);
  return toInitialized({ engine, optimizer, trainingDataLoader: loader, lrScheduler: scheduler });
}

/** The loader of the training data, if there is any. */
function trainingLoader<T, S extends Slab, Input, Output, Batch>(
  {
    model,
    trainingData,
    collate = (items) => items as Batch,
    shuffle = trainingData !== undefined && !isStream(trainingData),
    seed = 0,
  }: Pick<
    TrainingOptions<Batch, Dataset<unknown>, OptimizerSource, LearningRateSchedulerSource>,
    'trainingData' | 'collate' | 'shuffle' | 'seed'
  > & { readonly model: Model<T, S, Input, Output> },
  batchSize: number,
  dropLast: boolean,
): DataLoader<Batch> | undefined {
  if (trainingData === undefined) return undefined;
  return createDataLoader(trainingData, {
    batchSize,
    dropLast,
    shuffle,
    seed,
    collate,
    release: (batch) => model.release(batch),
  });
}
