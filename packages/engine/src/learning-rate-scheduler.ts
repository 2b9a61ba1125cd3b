import type { ParameterGroup } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import type { Schedule, SchedulerConfig, SchedulerState } from '@ds/scheduler';
import { createScheduler, toSchedule } from '@ds/scheduler';

/** What the engine drives: any scheduler of `@ds/scheduler`, or an object of your own with these methods. */
export interface LearningRateScheduler {
  /** For people and checkpoints. */
  readonly type: string;
  /** What is odd about it without being an error, in sentences; `initialize` logs them. */
  readonly warnings?: readonly string[];
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
 * What `initialize` takes as `lrScheduler`: a number, a schedule (step `k` trains with `schedule(k)`),
 * `{ type, params }`, or an object that creates one. Numbers and schedules set the learning rate of all groups.
 */
export type LearningRateSchedulerSource = number | Schedule | SchedulerConfig | SchedulerDefinition;

/**
 * Binds a scheduler to an optimizer's groups, which get their first learning rates.
 *
 * @throws SchedulerError for unknown types and wrong parameters; InvalidArgumentError for anything else.
 */
export function bindScheduler(
  source: LearningRateSchedulerSource,
  optimizer: { readonly paramGroups: ParameterGroup[] },
): LearningRateScheduler {
  if (typeof source === 'function' || typeof source === 'number') {
    return followSchedule(source, optimizer.paramGroups);
  }
  if (typeof source !== 'object' || source === null) {
    throw new InvalidArgumentError(
      'lrScheduler must be a number, a function (step) => learning rate, { type, params } or { create(optimizer) }; ' +
        `it is ${JSON.stringify(source)}.`,
    );
  }
  if ('create' in source) return source.create(optimizer);
  return createScheduler(optimizer, source);
}

/** Every group's learning rate is the schedule's, counted in steps that were applied. */
function followSchedule(
  schedule: number | Schedule,
  groups: readonly ParameterGroup[],
): LearningRateScheduler {
  const learningRate = toSchedule(schedule);
  let count = 0;
  const write = (lr: number): void => {
    for (const group of groups) group.lr = lr;
  };
  const replaced = groups.map(({ lr }) => lr);
  write(learningRate(0));
  return {
    type: 'schedule',
    warnings: new Set(replaced).size > 1 ? [replacesRates(replaced)] : [],
    step() {
      count += 1;
      write(learningRate(count));
    },
    getLastLr: () => groups.map(({ lr }) => lr),
    stateDict: () => ({ step: count }),
    loadStateDict({ step }) {
      if (!Number.isSafeInteger(step) || (step as number) < 0) {
        throw new InvalidArgumentError(
          `The saved state of the learning-rate schedule must have a whole number "step"; it has ${String(step)}.`,
        );
      }
      const lr = learningRate(step as number);
      count = step as number;
      write(lr);
    },
  };
}

function replacesRates(rates: readonly number[]): string {
  return (
    `lrScheduler sets one learning rate for all parameter groups, in place of those they have (${rates.join(', ')}). ` +
    'To keep them apart, leave lrScheduler out and give the optimizer and its groups a schedule each as learningRate.'
  );
}
