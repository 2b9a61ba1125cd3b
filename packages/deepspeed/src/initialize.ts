import type { Tensor } from '@tensorflow/tfjs-core';
import { getBackend, ready, tidy } from '@tensorflow/tfjs-core';
import type {
  Dataset,
  InitializedFor,
  InputAndTarget,
  LearningRateSchedulerSource,
  Loss,
  OptimizerSource,
  TrainingOptions,
} from '@ds/engine';
import { initialize as initializeEngine, requireTrainingOptions } from '@ds/engine';
import type { Block, Model } from '@ds/tensor';
import { InvalidArgumentError, nearestName } from '@ds/tensor';
import type { LayersModelLike, ModelFunction, TfjsSlab } from '@ds/tfjs';
import { completeBackend, toModel } from '@ds/tfjs';
import { compiledLoss } from './compiled-loss.ts';
import { stack, stackPairs } from './stack.ts';

/**
 * What can be trained: a `tf.LayersModel` (`tf.sequential`, `tf.model`, loaded ones), a function over named variables,
 * a list of blocks, or what `toModel` made of one of them.
 */
export type TrainableModel<Name extends string, Input, Output> =
  | LayersModelLike
  | ModelFunction<Name, Input, Output>
  | readonly Block<Tensor, never, unknown>[]
  // A layers model has an `evaluate` too, from which nothing must be inferred.
  | (Omit<Model<Tensor, TfjsSlab, Input, Output>, 'evaluate'> & {
      evaluate(input: NoInfer<Input>): NoInfer<Output>;
    });

/** What `initialize` does to the backend. */
interface BackendOptions {
  /**
   * Whether the current backend is completed for training, as `selectBackend` does: kernels and gradients that tfjs
   * lacks or has wrong there. Default true; false leaves tfjs as it is.
   */
  readonly trainingKernels?: boolean;
}

/** The options of `initialize` with a loss. */
export interface InitializeWithLossOptions<
  Name extends string,
  Input,
  Output,
  Target,
  Data extends Dataset<unknown> | undefined,
  Given extends OptimizerSource | undefined,
  Schedule extends LearningRateSchedulerSource | undefined,
>
  extends
    BackendOptions,
    TrainingOptions<InputAndTarget<NoInfer<Input>, NoInfer<Target>>, Data, Given, Schedule> {
  /** Blocks get their first values from `seed`. The weights of layers models and variables stay yours to dispose. */
  readonly model: TrainableModel<Name, Input, Output>;
  /**
   * Returns the scalar to be minimized; runs in a `tf.tidy`. `'compiled'` is the loss that a layers model was compiled
   * with, its regularizers included.
   */
  readonly loss: Loss<Tensor, Output, Target> | 'compiled';
}

/** The options of `initialize` without a loss: it is the model's output, or the loop is your own. */
export interface InitializeOptions<
  Name extends string,
  Input,
  Output,
  Data extends Dataset<unknown> | undefined,
  Given extends OptimizerSource | undefined,
  Schedule extends LearningRateSchedulerSource | undefined,
>
  extends BackendOptions, TrainingOptions<NoInfer<Input>, Data, Given, Schedule> {
  /** Blocks get their first values from `seed`. The weights of layers models and variables stay yours to dispose. */
  readonly model: TrainableModel<Name, Input, Output>;
  readonly loss?: undefined;
}

/**
 * Makes a tfjs model trainable: creates its optimizer, schedule and data loader, and the engine that drives them.
 *
 * As `initialize` of `@ds/engine`, and besides: takes any tfjs model, runs the loss in a `tf.tidy`, and stacks examples
 * into tensors where there is no `collate` (`[input, target]` or `{ xs, ys }` with a loss, plain values without).
 * Models run on the backend that is current now, which is completed for training (`trainingKernels: false` leaves it
 * alone); see `selectBackend`.
 *
 * @throws ConfigError when the configuration cannot be used; InvalidArgumentError when the model is none.
 *
 * @example
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
 * const { engine } = await initialize({
 *   model,
 *   loss: (output, target) => tf.losses.meanSquaredError(target, output),
 *   config: { train_batch_size: 2, optimizer: { type: 'AdamW', params: { lr: 0.01 } } },
 *   trainingData: [
 *     [[0, 1], [1]],
 *     [[1, 0], [2]],
 *   ],
 * });
 * for (let epoch = 0; epoch < 10; epoch++) console.log(await engine.trainEpoch());
 */
export async function initialize<
  Name extends string = string,
  Input = Tensor,
  Output = Tensor,
  Target = Tensor,
  Data extends Dataset<unknown> | undefined = undefined,
  Given extends OptimizerSource | undefined = undefined,
  Schedule extends LearningRateSchedulerSource | undefined = undefined,
>(
  options: InitializeWithLossOptions<Name, Input, Output, Target, Data, Given, Schedule>,
): Promise<
  InitializedFor<Tensor, TfjsSlab, Input, Output, InputAndTarget<Input, Target>, Data, Given, Schedule>
>;
export async function initialize<
  Name extends string = string,
  Input = Tensor,
  Output = Tensor,
  Data extends Dataset<unknown> | undefined = undefined,
  Given extends OptimizerSource | undefined = undefined,
  Schedule extends LearningRateSchedulerSource | undefined = undefined,
>(
  options: InitializeOptions<Name, Input, Output, Data, Given, Schedule>,
): Promise<InitializedFor<Tensor, TfjsSlab, Input, Output, Input, Data, Given, Schedule>>;
export async function initialize(options: AnyOptions): Promise<unknown> {
  requireTrainingOptions(options, ['trainingKernels', 'loss']);
  const { model: source, loss: given, trainingKernels = true, ...rest } = options;
  await ready();
  if (trainingKernels) completeBackend(getBackend());
  const loss = given === 'compiled' ? compiledLoss(source) : requireLoss(given);
  const model = toModel<unknown, unknown>(
    source as never,
    rest.seed === undefined ? {} : { seed: rest.seed },
  );
  try {
    if (loss === undefined) return await initializeEngine({ collate: stack, ...rest, model });
    const tidied: Loss<Tensor, unknown, unknown> = (output, target) =>
      tidy(() => loss(output as never, target as never));
    return await initializeEngine({ collate: stackPairs, ...(rest as PairOptions), model, loss: tidied });
  } catch (error) {
    if (model !== source) model.dispose();
    throw error;
  }
}

/** The compiled loss aside, a loss is a function. */
function requireLoss<L>(given: L): L {
  if (given === undefined || typeof given === 'function') return given;
  const hint =
    typeof given === 'string' && nearestName(given, ['compiled']) !== undefined
      ? ' Did you mean "compiled"?'
      : '';
  throw new InvalidArgumentError(
    'loss must be a function (output, target) => scalar, or "compiled" for the loss of model.compile(); it is ' +
      `${JSON.stringify(given)}.${hint}`,
  );
}

type AnyData = Dataset<unknown>;
type AnyOptimizer = OptimizerSource;
type AnySchedule = LearningRateSchedulerSource;

type PairOptions = TrainingOptions<InputAndTarget<unknown, unknown>, AnyData, AnyOptimizer, AnySchedule>;

type AnyOptions = BackendOptions &
  TrainingOptions<unknown, AnyData, AnyOptimizer, AnySchedule> & {
    readonly model: unknown;
    readonly loss?: Loss<Tensor, never, never> | 'compiled' | undefined;
  };
