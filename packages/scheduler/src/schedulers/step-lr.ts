import { chainableNode } from '../chainable-node.ts';
import type { NodeFactory } from '../node.ts';
import { nonNegative, positiveInteger } from '../number-kind.ts';

/** PyTorch's `StepLR`: times gamma every `step_size` steps. */
export const stepLR: NodeFactory = (context) => {
  context.params.allow('step_size', 'gamma');
  const stepSize = context.params.number('step_size', positiveInteger);
  const gamma = context.params.number('gamma', nonNegative, 0.1);
  return chainableNode(context, {
    closed: (epoch, base) => base * gamma ** Math.floor(epoch / stepSize),
    next: (epoch, lr) => (epoch % stepSize === 0 ? lr * gamma : lr),
  });
};
