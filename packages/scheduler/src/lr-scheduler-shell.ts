import type { LRScheduler, SchedulerState } from './lr-scheduler.ts';
import type { Node } from './node.ts';
import type { ParamGroup } from './optimizer.ts';
import type { SchedulerType } from './scheduler-config.ts';
import { SchedulerError } from './error.ts';
import { readNumbers, refuseState } from './state-reader.ts';

/** What the shell shares with its node. */
export interface ShellParts {
  readonly type: SchedulerType;
  readonly node: Node;
  /** Refilled from a loaded state. */
  readonly baseLrs: number[];
  readonly warnings: readonly string[];
  groups(): readonly ParamGroup[];
}

/** Gives a node its public face: last lr, state, and a check that the groups are still those it was made for. */
export function lrSchedulerShell(parts: ShellParts): LRScheduler {
  const { type, node, baseLrs, warnings } = parts;
  const groups = (): readonly ParamGroup[] => parts.groups();
  let lastLr: number[] = [];
  const remember = (): void => {
    lastLr = groups().map((group) => group.lr);
  };
  const requireSameGroups = (): void => {
    const count = groups().length;
    if (count === baseLrs.length) return;
    throw new SchedulerError(
      `${type}: made for ${baseLrs.length} parameter groups, but the optimizer now has ${count}. Make a new scheduler.`,
      {
        code: 'invalid-optimizer',
        where: type,
        subject: 'paramGroups',
        given: count,
        expected: `${baseLrs.length}`,
      },
    );
  };
  const restore = (state: Readonly<Record<string, unknown>>): void => {
    const count = baseLrs.length;
    if (state['base_lrs'] !== undefined)
      baseLrs.splice(0, count, ...readNumbers(state, 'base_lrs', count, type));
    node.load(state);
    if (node.needsLastLr || state['_last_lr'] !== undefined) {
      const lrs = readNumbers(state, '_last_lr', count, type);
      for (const [index, group] of groups().entries()) group.lr = lrs[index]!;
    }
    remember();
  };
  const scheduler: LRScheduler = {
    type,
    warnings,
    step(metric) {
      requireSameGroups();
      node.advance(metric);
      remember();
    },
    getLastLr: () => [...lastLr],
    stateDict: (): SchedulerState => ({
      type,
      base_lrs: [...baseLrs],
      _last_lr: [...lastLr],
      ...node.save(),
    }),
    loadStateDict(state) {
      requireSameGroups();
      if (typeof state !== 'object' || state === null) refuseState(type, 'state', state, 'an object');
      const recorded = state['type'];
      if (recorded !== undefined && recorded !== type) refuseState(type, 'type', recorded, `'${type}'`);
      const before = scheduler.stateDict();
      const lrsBefore = groups().map((group) => group.lr);
      try {
        restore(state);
      } catch (error) {
        restore(before);
        for (const [index, group] of groups().entries()) group.lr = lrsBefore[index]!;
        throw error;
      }
    },
  };
  node.start();
  remember();
  return scheduler;
}
