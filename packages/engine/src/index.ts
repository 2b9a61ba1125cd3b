export { resolveBatchSizes } from './config/batch-size.ts';
export { parseConfig } from './config/parse.ts';
export { readConfig } from './config/read.ts';
export { createDataLoader } from './data-loader.ts';
export { CheckpointMismatchError, ConfigError } from './errors.ts';
export { initialize } from './initialize.ts';
export { repeat } from './repeat.ts';
export { formatStepReport } from './step-report.ts';
export { requireTrainingOptions } from './training-options.ts';

export type { InputAndTarget } from './batch.ts';
export type { BatchSource } from './batch-reader.ts';
export type { Loss } from './batch-training.ts';
export type { EngineLoadOptions, EngineCheckpoint, EngineSaveOptions } from './checkpoint.ts';
export type { BatchSizes } from './config/batch-size.ts';
export type { Bf16Config, DeepSpeedConfig, Fp16Config, ZeroConfig } from './config/schema.ts';
export type { Collate, DataLoader, DataLoaderOptions } from './data-loader.ts';
export type { DataLoaderState } from './data-loader-state.ts';
export type { Dataset, IndexedDataset } from './dataset.ts';
export type { Engine, EngineStepOptions } from './engine.ts';
export type { ConfigProblem } from './errors.ts';
export type {
  InitializedFor,
  InitializeOptions,
  InitializeWithLossOptions,
  ItemOf,
  TrainingOptions,
} from './initialize.ts';
export type { Initialized } from './initialized.ts';
export type {
  LearningRateScheduler,
  LearningRateSchedulerSource,
  SchedulerDefinition,
} from './learning-rate-scheduler.ts';
export type { Logger } from './logger.ts';
export type { OptimizerSource } from './optimizer-source.ts';
export type { DataShard } from './sampler.ts';
export type { StepListener, StepReport } from './step-report.ts';
