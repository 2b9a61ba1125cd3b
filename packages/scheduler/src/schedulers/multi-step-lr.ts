import { chainableNode } from '../chainable-node.ts';
import type { NodeFactory } from '../node.ts';
import { nonNegative } from '../number-kind.ts';
import { readMilestones } from './milestones.ts';

/** PyTorch's `MultiStepLR`: times gamma at each milestone; a repeated one counts as often as it stands there. */
export const multiStepLR: NodeFactory = (context) => {
  context.params.allow('milestones', 'gamma');
  const milestones = readMilestones(context.params);
  const gamma = context.params.number('gamma', nonNegative, 0.1);
  return chainableNode(context, {
    closed: (epoch, base) => base * gamma ** milestones.filter((milestone) => milestone <= epoch).length,
    next: (epoch, lr) => lr * gamma ** milestones.filter((milestone) => milestone === epoch).length,
  });
};
