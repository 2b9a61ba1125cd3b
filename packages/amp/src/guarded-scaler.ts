import { InvalidArgumentError, InvalidStateError } from '@ds/tensor';
import { describeValue } from './describe-value.ts';
import { LossScaleError } from './loss-scale-error.ts';
import type { LossScaleEvent, LossScaler, LossScalerOptions, ScaledStep } from './loss-scaler.ts';
import type { ScaleRule } from './scale-rule.ts';

const trailLength = 20;

/** The order of calls, messages and the error at the minimum: what all loss scalers share. */
export function guardScaler<State>(
  rule: ScaleRule<State>,
  { atMinimum = 'raise' }: LossScalerOptions,
): LossScaler<State> {
  if (atMinimum !== 'raise' && atMinimum !== 'keep') {
    throw new InvalidArgumentError(`atMinimum must be "raise" or "keep"; got ${describeValue(atMinimum)}.`);
  }
  let underway: ScaledStep | undefined;
  let steps = 0;
  let overflows = 0;
  const trail: number[] = [];

  /** Ends a step in the rule; an event where there is something to tell. */
  function settle(overflow: boolean): LossScaleEvent | undefined {
    const from = rule.scale;
    if (overflow) {
      const kind = rule.shrink();
      return { kind, from, to: rule.scale, message: messages[kind](from, rule.scale) };
    }
    rule.grow();
    const to = rule.scale;
    return from === to ? undefined : { kind: 'grown', from, to, message: messages.grown(from, to) };
  }

  return {
    dynamic: rule.dynamic,
    get scale() {
      return rule.scale;
    },
    begin: () => (underway ??= Object.freeze({ scale: rule.scale, inverse: 1 / rule.scale })),
    update(overflow) {
      if (typeof overflow !== 'boolean') {
        throw new InvalidArgumentError(`update() takes true or false; got ${describeValue(overflow)}.`);
      }
      if (underway === undefined) {
        throw new InvalidStateError(
          'update() ends a step that begin() did not start. Call begin() before the first backward pass of a step, ' +
            'and scale its loss and gradients by what it returns.',
        );
      }
      underway = undefined;
      steps++;
      if (overflow) overflows++;
      if (overflow && rule.exhausted && atMinimum === 'raise') {
        throw new LossScaleError({ scale: rule.scale, steps, overflows, trail: [...trail] });
      }
      const event = settle(overflow);
      if (event !== undefined && event.from !== event.to) {
        trail.push(event.from);
        if (trail.length > trailLength) trail.shift();
      }
      const result = { skipped: overflow, scale: rule.scale };
      return event === undefined ? result : { ...result, event };
    },
    stateDict: () => rule.stateDict(),
    loadStateDict(state) {
      rule.loadStateDict(state);
      underway = undefined;
    },
  };
}

const skipped = (from: number): string => `Gradients overflowed at loss scale ${from}; the step is skipped`;

const messages: Readonly<Record<LossScaleEvent['kind'], (from: number, to: number) => string>> = {
  grown: (from, to) => `Loss scale raised from ${from} to ${to}.`,
  reduced: (from, to) => `${skipped(from)} and the loss scale reduced to ${to}.`,
  tolerated: (from) => `${skipped(from)}. The loss scale stays, since its hysteresis is not used up.`,
  minimum: (from) => `${skipped(from)}. The loss scale stays at its minimum.`,
  static: (from) => `${skipped(from)}. The loss scale is static and stays.`,
};
