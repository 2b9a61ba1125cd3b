import { describeValue } from './describe-value.ts';
import { SchedulerError } from './error.ts';
import { nonNegative } from './number-kind.ts';
import { isRecord } from './record.ts';

/** A parameter group: what a scheduler reads and writes of it. */
export interface ParamGroup {
  /** Learning rate; every scheduler writes it. */
  lr: number;
  /** Adam's coefficients; schedulers that cycle momentum replace the first and keep the second. */
  betas?: readonly [number, number] | undefined;
  /** SGD's momentum; cycled where there are no `betas`. */
  momentum?: number | undefined;
}

/** Anything with parameter groups: an optimizer of `@ds/optim`, or a plain object. */
export interface SchedulableOptimizer {
  readonly paramGroups: readonly ParamGroup[];
}

/** Throws unless `optimizer` has at least one group, each with a finite lr >= 0. */
export function requireOptimizer(optimizer: unknown): asserts optimizer is SchedulableOptimizer {
  const groups: unknown = isRecord(optimizer) ? optimizer['paramGroups'] : undefined;
  if (!Array.isArray(groups) || groups.length === 0) {
    fail('an optimizer with paramGroups: [{ lr }, ...], at least one', optimizer);
  }
  for (const [index, group] of groups.entries()) {
    const lr: unknown = isRecord(group) ? group['lr'] : undefined;
    if (typeof lr !== 'number' || !nonNegative.test(lr)) {
      fail(`paramGroups[${index}].lr to be ${nonNegative.expected}`, lr);
    }
  }
}

function fail(expected: string, given: unknown): never {
  throw new SchedulerError(`createScheduler: expected ${expected}, got ${describeValue(given)}.`, {
    code: 'invalid-optimizer',
    where: 'createScheduler',
    given,
    expected,
  });
}
