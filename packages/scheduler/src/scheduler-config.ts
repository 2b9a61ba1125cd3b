import type {
  LRRangeTestParams,
  OneCycleParams,
  WarmupCosineLRParams,
  WarmupDecayLRParams,
  WarmupLRParams,
} from './deepspeed-params.ts';
import type {
  ConstantLRParams,
  CosineAnnealingLRParams,
  CosineAnnealingWarmRestartsParams,
  CyclicLRParams,
  ExponentialLRParams,
  LinearLRParams,
  MultiStepLRParams,
  OneCycleLRParams,
  PolynomialLRParams,
  ReduceLROnPlateauParams,
  StepLRParams,
} from './torch-params.ts';

/** `params` of PyTorch's `SequentialLR`: scheduler `i` takes over at `milestones[i - 1]`. */
export interface SequentialLRParams {
  readonly schedulers: readonly SchedulerConfig[];
  /** One less than `schedulers`, increasing. */
  readonly milestones: readonly number[];
}

/** `params` of PyTorch's `ChainedScheduler`: all act on the lr at every step. */
export interface ChainedSchedulerParams {
  readonly schedulers: readonly SchedulerConfig[];
}

/** A stage of `MultiStage`: a scheduler and for how many steps; the last may leave `steps` out. */
export type StageConfig = SchedulerConfig & { readonly steps?: number };

/** `params` of `MultiStage`: stages one after the other, each from the groups' own lr. */
export interface MultiStageParams {
  readonly stages: readonly StageConfig[];
}

/** Every scheduler type and its `params`. */
export interface SchedulerParams {
  readonly LRRangeTest: LRRangeTestParams;
  readonly OneCycle: OneCycleParams;
  readonly WarmupLR: WarmupLRParams;
  readonly WarmupDecayLR: WarmupDecayLRParams;
  readonly WarmupCosineLR: WarmupCosineLRParams;
  readonly StepLR: StepLRParams;
  readonly MultiStepLR: MultiStepLRParams;
  readonly ConstantLR: ConstantLRParams;
  readonly LinearLR: LinearLRParams;
  readonly ExponentialLR: ExponentialLRParams;
  readonly PolynomialLR: PolynomialLRParams;
  readonly CosineAnnealingLR: CosineAnnealingLRParams;
  readonly CosineAnnealingWarmRestarts: CosineAnnealingWarmRestartsParams;
  readonly CyclicLR: CyclicLRParams;
  readonly OneCycleLR: OneCycleLRParams;
  readonly SequentialLR: SequentialLRParams;
  readonly ChainedScheduler: ChainedSchedulerParams;
  readonly ReduceLROnPlateau: ReduceLROnPlateauParams;
  readonly MultiStage: MultiStageParams;
}

/** The name of a scheduler, as upstream spells it. */
export type SchedulerType = keyof SchedulerParams;

/** The types in which every parameter has a default. */
type AllDefaults =
  | 'LRRangeTest'
  | 'WarmupLR'
  | 'ConstantLR'
  | 'LinearLR'
  | 'PolynomialLR'
  | 'ReduceLROnPlateau';

/** `{ type, params }` of one type; `params` may be left out where every parameter has a default. */
export type SchedulerConfigOf<T extends SchedulerType> = T extends AllDefaults
  ? { readonly type: T; readonly params?: SchedulerParams[T] }
  : { readonly type: T; readonly params: SchedulerParams[T] };

/** The `scheduler` of a config: `{ type, params }`, told apart by `type`. */
export type SchedulerConfig = { readonly [T in SchedulerType]: SchedulerConfigOf<T> }[SchedulerType];
