import { chainableNode } from '../chainable-node.ts';
import type { NodeFactory } from '../node.ts';
import { fraction, positiveFraction, positiveInteger } from '../number-kind.ts';

/** PyTorch's `LinearLR`: a factor that goes straight from `start_factor` to `end_factor` in `total_iters`. */
export const linearLR: NodeFactory = (context) => {
  context.params.allow('start_factor', 'end_factor', 'total_iters');
  const start = context.params.number('start_factor', positiveFraction, 1 / 3);
  const end = context.params.number('end_factor', fraction, 1);
  const totalIters = context.params.number('total_iters', positiveInteger, 5);
  return chainableNode(context, {
    closed: (epoch, base) => base * (start + ((end - start) * Math.min(totalIters, epoch)) / totalIters),
    next: (epoch, lr) =>
      epoch > totalIters ? lr : lr * (1 + (end - start) / (totalIters * start + (epoch - 1) * (end - start))),
  });
};
