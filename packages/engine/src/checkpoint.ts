import type { CheckpointStorage, SafetensorsTensors } from '@ds/checkpoint';
import { loadCheckpoint, saveCheckpoint } from '@ds/checkpoint';
import type { Layout, Slab } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import type { DataLoader } from './data-loader.ts';
import type { DataLoaderState } from './data-loader-state.ts';
import { requireLoaderState } from './data-loader-state.ts';
import { CheckpointMismatchError } from './errors.ts';
import { packOptimizerState, unpackOptimizerState } from './optimizer-state.ts';
import type { PackedOptimizerState } from './optimizer-state.ts';
import { readParameters, requireParameters, writeParameters } from './parameter-state.ts';
import { fitting, restoreParts } from './restore-parts.ts';
import type { TrainingLoop } from './training-loop.ts';

/** Options of `engine.saveCheckpoint()`. */
export interface EngineSaveOptions {
  /** The checkpoint's name within the folder; default `global_step{N}`. */
  readonly tag?: string;
  /** Anything of your own that JSON can hold; `loadCheckpoint` returns it unchanged. */
  readonly clientState?: Readonly<Record<string, unknown>>;
  /** How many checkpoints the folder holds after this one; older ones are deleted. Default: all. */
  readonly keep?: number;
}

/** Options of `engine.loadCheckpoint()`. */
export interface EngineLoadOptions {
  /** Default: the latest. */
  readonly tag?: string;
  /** Load only parameters, and begin training anew; default false. */
  readonly modelOnly?: boolean;
}

/** What `engine.loadCheckpoint()` found. */
export interface EngineCheckpoint {
  readonly tag: string;
  /** What was given to `saveCheckpoint`, and nothing else. */
  readonly clientState: Readonly<Record<string, unknown>>;
}

/** What a checkpoint is of. */
export interface CheckpointSubject<T, S extends Slab, Input, Output> {
  readonly loop: TrainingLoop<T, S, Input, Output>;
  readonly loader: DataLoader<unknown> | undefined;
  /** Saved for people to read; not used on loading. */
  readonly config: unknown;
}

/** `engine.json`. */
interface EngineState {
  readonly format: 1;
  readonly counters: {
    readonly globalSteps: number;
    readonly globalSamples: number;
    readonly microSteps: number;
    readonly skippedSteps: number;
  };
  /** The optimizer step under way; its gradients are in `gradients.safetensors`. */
  readonly window: {
    readonly microBatches: number;
    readonly accumulation: number;
    readonly lossSum: number;
    readonly lossesRead: number;
  };
  readonly optimizer: PackedOptimizerState | null;
  readonly scheduler: { readonly type: string; readonly state: Readonly<Record<string, unknown>> } | null;
  readonly loader: DataLoaderState | null;
  readonly clientState: Readonly<Record<string, unknown>>;
  readonly config: unknown;
}

const MODEL = 'model.safetensors';
const OPTIMIZER = 'optimizer.safetensors';
const GRADIENTS = 'gradients.safetensors';
const ENGINE = 'engine.json';

/** Saves all that training needs to go on bit for bit. */
export async function saveEngine<T, S extends Slab, Input, Output>(
  { loop, loader, config }: CheckpointSubject<T, S, Input, Output>,
  folder: string | CheckpointStorage,
  { tag = `global_step${loop.counters.globalSteps}`, clientState = {}, keep }: EngineSaveOptions,
): Promise<{ readonly tag: string }> {
  loop.requireNoPendingBackward('saveCheckpoint');
  const { optimizer, scheduler } = loop.parts;
  const packed = optimizer && packOptimizerState(loop.parts.model.layout, await optimizer.stateDict());
  const { microBatches, lossSum, lossesRead } = loop.window;
  const state: EngineState = {
    format: 1,
    counters: { ...loop.counters },
    window: { microBatches, accumulation: loop.batchSizes.accumulation, lossSum, lossesRead },
    optimizer: packed?.json ?? null,
    scheduler: scheduler === undefined ? null : { type: scheduler.type, state: scheduler.stateDict() },
    loader: loader?.stateDict() ?? null,
    clientState,
    config,
  };
  await saveCheckpoint(folder, {
    tag,
    tensors: {
      [MODEL]: await readParameters(loop.parts.model),
      ...(packed === undefined ? {} : { [OPTIMIZER]: packed.tensors }),
      ...(microBatches === 0 ? {} : { [GRADIENTS]: await readGradients(loop) }),
    },
    json: { [ENGINE]: state },
    ...(keep === undefined ? {} : { keep }),
  });
  return { tag };
}

/** Continues from a checkpoint; nothing is changed when any part of it does not fit. */
export async function loadEngine<T, S extends Slab, Input, Output>(
  { loop, loader }: CheckpointSubject<T, S, Input, Output>,
  folder: string | CheckpointStorage,
  { tag: wanted, modelOnly = false }: EngineLoadOptions,
): Promise<EngineCheckpoint> {
  const { tag, tensors, json } = await loadCheckpoint(folder, wanted === undefined ? {} : { tag: wanted });
  const where = `The checkpoint "${tag}"`;
  const state = engineState(where, json[ENGINE]);
  const { model, optimizer, scheduler } = loop.parts;
  const parameters = tensors[MODEL] ?? {};
  requireParameters(where, model, parameters);
  if (!modelOnly && optimizer !== undefined) {
    requireSameParts(where, loop, state);
    const gradients = savedGradients(where, model.layout, state, tensors[GRADIENTS]);
    const saved = unpackOptimizerState(state.optimizer!, tensors[OPTIMIZER] ?? {});
    if (loader !== undefined && state.loader !== null) {
      fitting(where, () => requireLoaderState(state.loader, loader.length));
    }
    restoreParts(where, optimizer, saved, scheduler, state.scheduler?.state);
    if (state.loader !== null) loader?.loadStateDict(state.loader);
    loop.clear();
    loop.gradients?.restore(gradients);
    const { microBatches, lossSum, lossesRead } = state.window;
    loop.window = { microBatches, lossSum, lossesRead };
    Object.assign(loop.counters, state.counters);
  }
  writeParameters(model, parameters);
  return { tag, clientState: state.clientState };
}

function engineState(where: string, given: unknown): EngineState {
  const state = given as EngineState | undefined;
  if (state?.format === 1) return state;
  throw new InvalidArgumentError(
    state === undefined
      ? `${where} has no ${ENGINE}: it was not written by engine.saveCheckpoint(). ` +
          'Read it with loadCheckpoint() of @ds/checkpoint.'
      : `${where} has the format ${String(state.format)}, and this version reads 1. Load it with the version that wrote it.`,
  );
}

/** Checks that the checkpoint has an optimizer, a schedule of the same kind and a step of the same size. */
function requireSameParts<T, S extends Slab, Input, Output>(
  where: string,
  { parts, batchSizes }: TrainingLoop<T, S, Input, Output>,
  { optimizer, scheduler, window }: EngineState,
): void {
  const remedy = 'Configure the engine as it was when it was saved, or load with { modelOnly: true }.';
  if (optimizer === null) {
    throw new CheckpointMismatchError(
      `${where} has no optimizer state: it was saved by an engine for inference. ${remedy}`,
    );
  }
  if (optimizer.type !== parts.optimizer?.type) {
    throw new CheckpointMismatchError(
      `${where} has the optimizer ${optimizer.type}, the engine ${parts.optimizer?.type ?? 'none'}. ${remedy}`,
    );
  }
  const [saved, own] = [scheduler?.type ?? 'none', parts.scheduler?.type ?? 'none'];
  if (saved !== own) {
    throw new CheckpointMismatchError(
      `${where} has the learning-rate scheduler ${saved}, the engine ${own}. ${remedy}`,
    );
  }
  if (window.microBatches > 0 && window.accumulation !== batchSizes.accumulation) {
    throw new CheckpointMismatchError(
      `${where} was saved after ${window.microBatches} of ${window.accumulation} micro-batches of a step, and a ` +
        `step of this engine has ${batchSizes.accumulation}. ${remedy}`,
    );
  }
}

async function readGradients<T, S extends Slab, Input, Output>({
  gradients,
  parts: { model },
}: TrainingLoop<T, S, Input, Output>): Promise<SafetensorsTensors> {
  const entries = (gradients?.names() ?? []).map(async (name) => {
    const { shape, length } = model.layout.entry(name);
    const { slab, start } = gradients!.gradient(name)!;
    const data = await model.device.read(slab, start, start + length);
    return [name, { dtype: 'F32', shape, data }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function savedGradients(
  where: string,
  layout: Layout,
  { window }: EngineState,
  tensors: SafetensorsTensors = {},
): ReadonlyMap<string, Float32Array> {
  if (window.microBatches === 0) return new Map();
  return new Map(
    Object.entries(tensors).map(([name, { dtype, data }]) => {
      if (dtype !== 'F32' || data.length !== layout.entry(name).length) {
        throw new CheckpointMismatchError(`${where}: the gradient of "${name}" does not fit the parameter.`);
      }
      return [name, data];
    }),
  );
}
