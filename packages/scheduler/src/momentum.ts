import type { NodeContext } from './node.ts';
import type { ParamGroup } from './optimizer.ts';

/** Where a group keeps the momentum that is cycled. */
export type MomentumKey = 'betas' | 'momentum';

/** `betas` if every group has them, else `momentum` if every group has it, else nothing to cycle. */
export function momentumKey(context: NodeContext): MomentumKey | undefined {
  const all = (key: MomentumKey): boolean => context.groups().every((group) => group[key] !== undefined);
  return all('betas') ? 'betas' : all('momentum') ? 'momentum' : undefined;
}

/** Sets the momentum of a group; the second beta stays as it is, and a shared `betas` list is not changed. */
export function writeMomentum(group: ParamGroup, key: MomentumKey, momentum: number): void {
  if (key === 'betas') group.betas = [momentum, group.betas![1]];
  else group.momentum = momentum;
}
