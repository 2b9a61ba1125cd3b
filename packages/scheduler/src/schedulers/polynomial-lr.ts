import { chainableNode } from '../chainable-node.ts';
import type { NodeFactory } from '../node.ts';
import { positive, positiveInteger } from '../number-kind.ts';

/** PyTorch's `PolynomialLR`: `(1 - epoch / total_iters) ** power`, 0 from `total_iters` on. */
export const polynomialLR: NodeFactory = (context) => {
  context.params.allow('total_iters', 'power');
  const totalIters = context.params.number('total_iters', positiveInteger, 5);
  const power = context.params.number('power', positive, 1);
  return chainableNode(context, {
    closed: (epoch, base) => base * (1 - Math.min(totalIters, epoch) / totalIters) ** power,
    next: (epoch, lr) =>
      epoch > totalIters ? lr : lr * ((1 - epoch / totalIters) / (1 - (epoch - 1) / totalIters)) ** power,
  });
};
