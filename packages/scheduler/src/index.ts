export { createScheduler } from './create-scheduler.ts';
export type {
  LRRangeTestParams,
  OneCycleParams,
  PerGroup,
  WarmupCosineLRParams,
  WarmupDecayLRParams,
  WarmupLRParams,
} from './deepspeed-params.ts';
export { SchedulerError, type SchedulerErrorCode, type SchedulerErrorFacts } from './error.ts';
export type { JsonValue, LRScheduler, SchedulerState } from './lr-scheduler.ts';
export type { ParamGroup, SchedulableOptimizer } from './optimizer.ts';
export type {
  ChainedSchedulerParams,
  MultiStageParams,
  SchedulerConfig,
  SchedulerConfigOf,
  SchedulerParams,
  SchedulerType,
  SequentialLRParams,
  StageConfig,
} from './scheduler-config.ts';
export { schedulerTypes } from './scheduler-factories.ts';
export { toSchedule, type Schedule } from './schedule.ts';
export { constant } from './schedules/constant.ts';
export { cosineRestarts, type CosineRestartsOptions } from './schedules/cosine-restarts.ts';
export { cosine, type CosineOptions } from './schedules/cosine.ts';
export { exponential, type ExponentialOptions } from './schedules/exponential.ts';
export { inverseSqrt, type InverseSqrtOptions } from './schedules/inverse-sqrt.ts';
export { linear, type LinearOptions } from './schedules/linear.ts';
export { multiStep, type MultiStepOptions } from './schedules/multi-step.ts';
export { oneCycle, type OneCycleOptions } from './schedules/one-cycle.ts';
export type { PastTheEnd } from './schedules/past-the-end.ts';
export { polynomial, type PolynomialOptions } from './schedules/polynomial.ts';
export { stages, type Stage } from './schedules/stages.ts';
export { step, type StepOptions } from './schedules/step.ts';
export {
  warmupStableDecay,
  type DecayShape,
  type WarmupStableDecayOptions,
} from './schedules/warmup-stable-decay.ts';
export { warmup, type WarmupOptions, type WarmupShape } from './schedules/warmup.ts';
export type {
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
