import type { Slab } from '@ds/tensor';
import type { Loss } from './batch-training.ts';
import { BatchTraining } from './batch-training.ts';
import { loadEngine, saveEngine } from './checkpoint.ts';
import type { DataLoader } from './data-loader.ts';
import type { Engine } from './engine.ts';
import type { TrainingLoopParts } from './training-loop.ts';
import { TrainingLoop } from './training-loop.ts';

/** What an engine is put together from. */
export interface EngineParts<T, S extends Slab, Input, Output, Batch> extends TrainingLoopParts<
  T,
  S,
  Input,
  Output
> {
  readonly loss: Loss<T, Output, unknown> | undefined;
  readonly loader: DataLoader<Batch> | undefined;
  /** The configuration as it was given, for checkpoints. */
  readonly config: unknown;
}

/** Everything but the call. */
type EngineMethods<T, S extends Slab, Input, Output, Batch> = Pick<
  Engine<T, S, Input, Output, Batch>,
  keyof Engine<T, S, Input, Output, Batch>
>;

/** Puts an engine together; takes over the model, the optimizer and the loader. */
export function createEngine<T, S extends Slab, Input, Output, Batch>(
  parts: EngineParts<T, S, Input, Output, Batch>,
): Engine<T, S, Input, Output, Batch> {
  const { model, optimizer, scheduler, loader, loss, config } = parts;
  const loop = new TrainingLoop<T, S, Input, Output>(parts);
  const batches = new BatchTraining<T, S, Input, Output, Batch>(loop, loss, loader);
  const subject = { loop, loader, config };
  let disposed = false;

  const dispose = (): void => {
    if (disposed) return;
    disposed = true;
    batches.dispose();
    loop.dispose();
    optimizer?.dispose();
    model.dispose();
  };

  const methods: EngineMethods<T, S, Input, Output, Batch> = {
    model,
    optimizer,
    lrScheduler: scheduler,
    trainingDataLoader: loader,
    forward: (input) => loop.forward(input),
    backward: (scalar) => loop.backward(scalar),
    step: (options) => loop.step({ metric: options?.metric }),
    flush: (options) => loop.flush({ metric: options?.metric }),
    trainBatch: (source) => batches.trainBatch(source),
    trainEpoch: (source) => batches.trainEpoch(source),
    evalBatch: (batch) => batches.evalBatch(batch),
    isGradientAccumulationBoundary: () => loop.isBoundary(),
    setGradientAccumulationBoundary(isBoundary) {
      loop.forcedBoundary = isBoundary;
    },
    zeroGrad: () => loop.zeroGrad(),
    train() {
      loop.training = true;
    },
    eval() {
      loop.training = false;
    },
    getGlobalGradNorm: () => loop.lastNorm,
    wasStepApplied: () => loop.lastApplied,
    getLr: () => groupsOf(optimizer).map(({ lr }) => lr),
    getMom: () => groupsOf(optimizer).map(({ betas, momentum }) => betas ?? momentum ?? 0),
    trainBatchSize: () => loop.batchSizes.train,
    trainMicroBatchSizePerGpu: () => loop.batchSizes.micro,
    gradientAccumulationSteps: () => loop.batchSizes.accumulation,
    setTrainBatchSize: (size) => loop.setTrainBatchSize(size),
    get globalSteps() {
      return loop.counters.globalSteps;
    },
    get globalSamples() {
      return loop.counters.globalSamples;
    },
    get microSteps() {
      return loop.counters.microSteps;
    },
    get skippedSteps() {
      return loop.counters.skippedSteps;
    },
    onStep(listener) {
      loop.listeners.add(listener);
      return () => loop.listeners.delete(listener);
    },
    saveCheckpoint: (folder, options = {}) =>
      loop.alone('saveCheckpoint', () => saveEngine(subject, folder, options)),
    loadCheckpoint: (folder, options = {}) =>
      loop.alone('loadCheckpoint', () => loadEngine(subject, folder, options)),
    dispose,
    [Symbol.dispose]: dispose,
  };
  // The engine is a function that carries methods; copying descriptors keeps getters getters.
  const call = (input: Input): Output => loop.forward(input);
  return Object.defineProperties(call, Object.getOwnPropertyDescriptors(methods)) as typeof call &
    typeof methods;
}

function groupsOf<G>(optimizer: { readonly paramGroups: readonly G[] } | undefined): readonly G[] {
  return optimizer?.paramGroups ?? [];
}
