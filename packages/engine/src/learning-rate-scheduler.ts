import type { ParameterGroup } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import type { Schedule, SchedulerConfig, SchedulerState } from '@ds/scheduler';
import { createScheduler, toSchedule } from '@ds/scheduler';

/** What the engine drives: any scheduler of `@ds/scheduler`, or an object of your own with these methods. */
export interface LearningRateScheduler {
  /** For people and checkpoints. */
  readonly type: string;
  /** Moves on by one optimizer step and writes the groups' learning rates. `metric`: see `EngineStepOptions`. */
  step(metric?: number): void;
  /** The learning rates last written, one per group. */
  getLastLr(): number[];
  /** Plain JSON. */
  stateDict(): SchedulerState;
  loadStateDict(state: Readonly<Record<string, unknown>>): void;
}

/** A scheduler that is made once its optimizer exists. */
export interface SchedulerDefinition {
  create(optimizer: { readonly paramGroups: ParameterGroup[] }): LearningRateScheduler;
}

/**
 * What `initialize` takes as `lrScheduler`: a schedule (step `k` trains with `schedule(k)`), `{ type, params }`, or
 * an object that creates one.
 */
export type LearningRateSchedulerSource = Schedule | SchedulerConfig | SchedulerDefinition;

/**
 * Binds a scheduler to an optimizer's groups, which get their first learning rates.
 *
 * @throws SchedulerError for unknown types and wrong parameters; InvalidArgumentError for anything else.
 */
export function bindScheduler(
  source: LearningRateSchedulerSource,
  optimizer: { readonly paramGroups: ParameterGroup[] },
): LearningRateScheduler {
  if (typeof source === 'function') return followSchedule(source, optimizer.paramGroups);
  if ('create' in source) return source.create(optimizer);
  return createScheduler(optimizer, source);
}

/** Every group's learning rate is the schedule's, counted in steps that were applied. */
function followSchedule(schedule: Schedule, groups: readonly ParameterGroup[]): LearningRateScheduler {
  const learningRate = toSchedule(schedule);
  let count = 0;
  const write = (): void => {
    const lr = learningRate(count);
    for (const group of groups) group.lr = lr;
  };
  write();
  return {
    type: 'schedule',
    step() {
      count += 1;
      write();
    },
    getLastLr: () => groups.map(({ lr }) => lr),
    stateDict: () => ({ step: count }),
    loadStateDict({ step }) {
      if (!Number.isSafeInteger(step)) {
        throw new InvalidArgumentError(
          `The saved state of the learning-rate schedule must have a whole number "step"; it has ${String(step)}.`,
        );
      }
      count = step as number;
      write();
    },
  };
}
