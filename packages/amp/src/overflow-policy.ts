import { InvalidArgumentError } from '@ds/tensor';
import type { Check } from './check-keys.ts';
import { checkKeys, whole } from './check-keys.ts';
import type { NonFiniteGradient, OverflowFacts } from './describe-overflow.ts';
import { describeOverflow, firstNonFinite } from './describe-overflow.ts';
import { GradientOverflowError } from './gradient-overflow-error.ts';

/** What to do with steps whose gradients are not finite. */
export interface OverflowPolicyOptions {
  /** `skip` the step and go on (default), or `raise` a `GradientOverflowError` at once. */
  readonly onOverflow?: 'skip' | 'raise';
  /**
   * Raise after this many skipped steps in a row; only with `skip`. Default: never.
   *
   * A dynamic loss scale needs some steps at the beginning to find its level: allow for more than
   * `initial_scale_power + hysteresis`.
   */
  readonly stopAfter?: number;
}

/** A skipped step, for logs and monitors. */
export interface OverflowReport {
  readonly step: number;
  /** One line for a log. */
  readonly message: string;
  /** The gradient named in the message; absent when only the norm of all is not finite. */
  readonly first?: NonFiniteGradient;
  /** Gradients that are NaN. */
  readonly nans: number;
  /** Gradients that are infinite. */
  readonly infinities: number;
  /** Skipped steps in a row, this one included. */
  readonly inARow: number;
  /** Skipped steps in all, this one included. */
  readonly skipped: number;
}

/** Decides what an overflow means for the run, and counts. */
export interface OverflowPolicy {
  /** Steps skipped so far. */
  readonly skipped: number;
  /** Of these, the ones since the last step that was applied. */
  readonly inARow: number;
  /** Counts a step that was applied. */
  applied(): void;
  /**
   * Counts a step that overflowed and describes it. Does not apply to a loss scaler: call its `update(true)` too.
   *
   * @throws GradientOverflowError as the options say.
   * @throws InvalidArgumentError when a gradient among the facts is finite.
   */
  overflowed(facts: OverflowFacts): OverflowReport;
}

const checks: Readonly<Record<keyof OverflowPolicyOptions, Check>> = {
  onOverflow: { expected: '"skip" or "raise"', accepts: (value) => value === 'skip' || value === 'raise' },
  stopAfter: whole(1),
};

const advice =
  'What to try: look at the loss and the inputs of this micro-batch for NaN, logarithms of 0 and divisions by 0; ' +
  'a lower learning rate, a longer warm-up or gradient clipping; in fp16, a dynamic or smaller loss scale, or bf16.';

/**
 * Creates the policy for steps whose gradients are not finite.
 *
 * @throws UnknownNameError, InvalidArgumentError for options that are none.
 *
 * @example
 * const policy = createOverflowPolicy({ stopAfter: 20 });
 * const report = policy.overflowed({ step: 7, gradients: [{ parameter: 'head.weight', value: Infinity }] });
 * report.message; // 'Step 7 was skipped: the gradient of "head.weight" is infinite (1 skipped in a row, 1 in all).'
 */
export function createOverflowPolicy(options: OverflowPolicyOptions = {}): OverflowPolicy {
  checkKeys('Overflow policy', options, checks);
  const { onOverflow = 'skip', stopAfter } = options;
  if (onOverflow === 'raise' && stopAfter !== undefined) {
    throw new InvalidArgumentError(
      `stopAfter is ${stopAfter}, but with onOverflow "raise" the first overflow stops. Leave one of them out.`,
    );
  }
  let skipped = 0;
  let inARow = 0;

  return {
    get skipped() {
      return skipped;
    },
    get inARow() {
      return inARow;
    },
    applied() {
      inARow = 0;
    },
    overflowed(facts) {
      const finite = facts.gradients.find(({ value }) => Number.isFinite(value));
      if (finite !== undefined) {
        throw new InvalidArgumentError(
          `overflowed() takes gradients that are not finite; that of "${finite.parameter}" is ${finite.value}.`,
        );
      }
      skipped++;
      inARow++;
      const first = firstNonFinite(facts.gradients);
      const nans = facts.gradients.filter(({ value }) => Number.isNaN(value)).length;
      const found = describeOverflow(facts);
      const report: OverflowReport = {
        step: facts.step,
        message: `Step ${facts.step} was skipped: ${found} (${inARow} skipped in a row, ${skipped} in all).`,
        ...(first && { first }),
        nans,
        infinities: facts.gradients.length - nans,
        inARow,
        skipped,
      };
      if (onOverflow === 'raise') {
        throw new GradientOverflowError(`Step ${facts.step} was not applied: ${found}. ${advice}`, report);
      }
      if (stopAfter !== undefined && inARow >= stopAfter) {
        throw new GradientOverflowError(
          `The last ${inARow} steps were skipped, which is where "stopAfter" ends the run. ` +
            `In step ${facts.step}, ${found}. ${advice}`,
          report,
        );
      }
      return report;
    },
  };
}
