import { chainableNode } from '../chainable-node.ts';
import type { NodeFactory } from '../node.ts';
import { nonNegative } from '../number-kind.ts';

/** PyTorch's `ExponentialLR`: times gamma every step. */
export const exponentialLR: NodeFactory = (context) => {
  context.params.allow('gamma');
  const gamma = context.params.number('gamma', nonNegative);
  return chainableNode(context, {
    closed: (epoch, base) => base * gamma ** epoch,
    next: (_, lr) => lr * gamma,
  });
};
