import type { NodeContext } from '../node.ts';
import { positiveInteger } from '../number-kind.ts';

/** The warm-up that DeepSpeed's three warm-up schedulers share. */
export interface WarmupGamma {
  readonly steps: number;
  /** The fraction of the rise at count `n`, 0 <= n < steps: log reaches 1 at `steps - 1`, linear at `steps`. */
  at(n: number): number;
}

/** Reads `warmup_num_steps` and `warmup_type`; DeepSpeed takes an unknown type for `log`, with a warning. */
export function readWarmupGamma(context: NodeContext): WarmupGamma {
  const steps = Math.max(2, context.params.number('warmup_num_steps', positiveInteger, 1000));
  const type = context.params.text('warmup_type', 'log');
  if (type !== 'log' && type !== 'linear') {
    context.warn(
      `${context.where}: unknown warmup_type '${type}', using 'log'. There are 'log' and 'linear'.`,
    );
  }
  const inverseLog = 1 / Math.log(steps);
  return { steps, at: type === 'linear' ? (n) => n / steps : (n) => inverseLog * Math.log(n + 1) };
}

/** Warns where the schedule ends before its warm-up does. */
export function warnOfShortTotal(context: NodeContext, total: number, gamma: WarmupGamma): void {
  if (total >= gamma.steps) return;
  context.warn(`${context.where}: total_num_steps ${total} is less than warmup_num_steps ${gamma.steps}.`);
}
