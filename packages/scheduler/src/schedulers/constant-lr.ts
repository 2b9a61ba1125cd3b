import { chainableNode } from '../chainable-node.ts';
import type { NodeFactory } from '../node.ts';
import { positiveFraction, positiveInteger } from '../number-kind.ts';

/** PyTorch's `ConstantLR`: times `factor` until `total_iters`, then the full lr again. */
export const constantLR: NodeFactory = (context) => {
  context.params.allow('factor', 'total_iters');
  const factor = context.params.number('factor', positiveFraction, 1 / 3);
  const totalIters = context.params.number('total_iters', positiveInteger, 5);
  return chainableNode(context, {
    closed: (epoch, base) => (epoch >= totalIters ? base : base * factor),
    next: (epoch, lr) => (epoch === totalIters ? lr * (1 / factor) : lr),
  });
};
