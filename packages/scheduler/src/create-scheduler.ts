import { describeValue } from './describe-value.ts';
import { SchedulerError } from './error.ts';
import { lrSchedulerShell } from './lr-scheduler-shell.ts';
import type { LRScheduler } from './lr-scheduler.ts';
import { nearestName } from './nearest-name.ts';
import type { Node } from './node.ts';
import { requireOptimizer, type SchedulableOptimizer } from './optimizer.ts';
import { createParamReader } from './param-reader.ts';
import { isRecord } from './record.ts';
import type { SchedulerConfig, SchedulerType } from './scheduler-config.ts';
import { isSchedulerType, schedulerFactories, schedulerTypes } from './scheduler-factories.ts';

/**
 * Makes the scheduler that a config names and binds it to an optimizer.
 *
 * The first learning rates are written into `optimizer.paramGroups` at once, the next at each `step()`, which
 * belongs after each optimizer step. `params` are those of DeepSpeed and PyTorch, in their spelling; left out,
 * all defaults hold. A scheduler inside a scheduler is a `{ type, params }` too.
 *
 * @param optimizer anything with mutable groups `paramGroups: { lr, betas?, momentum? }[]`
 * @throws {SchedulerError} for an unknown type or parameter (naming the nearest right one), a missing or wrong
 *   value, or an optimizer without groups
 * @see https://github.com/deepspeedai/DeepSpeed/blob/master/deepspeed/runtime/lr_schedules.py
 * @see https://github.com/pytorch/pytorch/blob/main/torch/optim/lr_scheduler.py
 * @example
 * ```ts
 * import { createScheduler } from '@ds/scheduler';
 *
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = createScheduler(optimizer, {
 *   type: 'WarmupDecayLR',
 *   params: { total_num_steps: 10, warmup_max_lr: 0.1, warmup_num_steps: 4, warmup_type: 'linear' },
 * });
 * scheduler.step(); // once after each optimizer step
 * optimizer.paramGroups[0]?.lr; // 0, DeepSpeed's second step at the minimum; then 0.025, 0.05, ...
 * ```
 */
export function createScheduler(optimizer: SchedulableOptimizer, config: SchedulerConfig): LRScheduler {
  requireOptimizer(optimizer);
  const groups = (): SchedulableOptimizer['paramGroups'] => optimizer.paramGroups;
  const baseLrs = groups().map((group) => group.lr);
  const warnings: string[] = [];

  const build = (given: unknown, path: string): { readonly type: SchedulerType; readonly node: Node } => {
    const { type, params } = readConfig(given, path);
    const where = path === '' ? type : `${path} (${type})`;
    const node = schedulerFactories[type]({
      where,
      params: createParamReader(where, params, baseLrs.length),
      groups,
      baseLrs,
      warn: (message) => warnings.push(message),
      build: (child, childPath) => build(child, `${path === '' ? type : path}.${childPath}`),
    });
    return { type, node };
  };

  const { type, node } = build(config, '');
  return lrSchedulerShell({ type, node, baseLrs, warnings, groups });
}

/** Checks that `given` is `{ type, params }` with a known type. */
function readConfig(
  given: unknown,
  path: string,
): { readonly type: SchedulerType; readonly params: unknown } {
  const where = path === '' ? 'createScheduler' : path;
  const { type, ...rest } = isRecord(given) ? given : {};
  if (typeof type !== 'string') {
    throw new SchedulerError(
      `${where}: expected a config { type, params } with the type a name, got ${describeValue(given)}.`,
      { code: 'missing-parameter', where, subject: 'type', given, expected: '{ type, params }' },
    );
  }
  if (!isSchedulerType(type)) {
    const nearest = nearestName(type, schedulerTypes);
    const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
    const place = path === '' ? '' : ` in ${path}`;
    throw new SchedulerError(
      `Unknown scheduler type '${type}'${place}.${hint} There are: ${schedulerTypes.join(', ')}.`,
      { code: 'unknown-type', where, subject: type, nearest },
    );
  }
  createParamReader(where, rest, 1).allow('type', 'params');
  return { type, params: rest['params'] };
}
