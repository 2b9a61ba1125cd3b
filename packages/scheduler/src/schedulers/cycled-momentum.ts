import { SchedulerError } from '../error.ts';
import { momentumKey, type MomentumKey } from '../momentum.ts';
import type { NodeContext } from '../node.ts';
import { belowOne } from '../number-kind.ts';

/** The momentum range of PyTorch's `CyclicLR` and `OneCycleLR`. */
export interface CycledMomentum {
  readonly key: MomentumKey;
  readonly base: readonly number[];
  readonly max: readonly number[];
}

/** Reads `cycle_momentum`, `base_momentum` and `max_momentum`; `undefined` where momentum is not cycled. */
export function readCycledMomentum(
  context: NodeContext,
  baseDefault: number,
  maxDefault: number,
): CycledMomentum | undefined {
  const { params, where } = context;
  const wanted = params.boolean('cycle_momentum', true);
  const base = params.perGroup('base_momentum', belowOne, baseDefault);
  const max = params.perGroup('max_momentum', belowOne, maxDefault);
  if (!wanted) return undefined;
  const key = momentumKey(context);
  if (key !== undefined) return { key, base, max };
  throw new SchedulerError(
    `${where}: cycle_momentum needs betas or momentum in every parameter group. Set it to false for this optimizer.`,
    {
      code: 'invalid-optimizer',
      where,
      subject: 'cycle_momentum',
      expected: 'betas or momentum in every group',
    },
  );
}
