import type { NodeFactory } from './node.ts';
import type { SchedulerType } from './scheduler-config.ts';
import { chainedScheduler } from './schedulers/chained-scheduler.ts';
import { constantLR } from './schedulers/constant-lr.ts';
import { cosineAnnealingLR } from './schedulers/cosine-annealing-lr.ts';
import { cosineAnnealingWarmRestarts } from './schedulers/cosine-annealing-warm-restarts.ts';
import { cyclicLR } from './schedulers/cyclic-lr.ts';
import { exponentialLR } from './schedulers/exponential-lr.ts';
import { linearLR } from './schedulers/linear-lr.ts';
import { lrRangeTest } from './schedulers/lr-range-test.ts';
import { multiStage } from './schedulers/multi-stage.ts';
import { multiStepLR } from './schedulers/multi-step-lr.ts';
import { oneCycleLR } from './schedulers/one-cycle-lr.ts';
import { oneCycle } from './schedulers/one-cycle.ts';
import { polynomialLR } from './schedulers/polynomial-lr.ts';
import { reduceLROnPlateau } from './schedulers/reduce-lr-on-plateau.ts';
import { sequentialLR } from './schedulers/sequential-lr.ts';
import { stepLR } from './schedulers/step-lr.ts';
import { warmupCosineLR } from './schedulers/warmup-cosine-lr.ts';
import { warmupDecayLR } from './schedulers/warmup-decay-lr.ts';
import { warmupLR } from './schedulers/warmup-lr.ts';

/** What makes each scheduler, by its name. */
export const schedulerFactories: Readonly<Record<SchedulerType, NodeFactory>> = {
  LRRangeTest: lrRangeTest,
  OneCycle: oneCycle,
  WarmupLR: warmupLR,
  WarmupDecayLR: warmupDecayLR,
  WarmupCosineLR: warmupCosineLR,
  StepLR: stepLR,
  MultiStepLR: multiStepLR,
  ConstantLR: constantLR,
  LinearLR: linearLR,
  ExponentialLR: exponentialLR,
  PolynomialLR: polynomialLR,
  CosineAnnealingLR: cosineAnnealingLR,
  CosineAnnealingWarmRestarts: cosineAnnealingWarmRestarts,
  CyclicLR: cyclicLR,
  OneCycleLR: oneCycleLR,
  SequentialLR: sequentialLR,
  ChainedScheduler: chainedScheduler,
  ReduceLROnPlateau: reduceLROnPlateau,
  MultiStage: multiStage,
};

/** Whether there is a scheduler of this name. */
export function isSchedulerType(name: string): name is SchedulerType {
  return Object.hasOwn(schedulerFactories, name);
}

/** The names of all schedulers. */
export const schedulerTypes: readonly SchedulerType[] =
  Object.keys(schedulerFactories).filter(isSchedulerType);
