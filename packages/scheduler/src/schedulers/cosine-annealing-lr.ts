import { chainableNode } from '../chainable-node.ts';
import type { NodeFactory } from '../node.ts';
import { nonNegative, positiveInteger } from '../number-kind.ts';

/** PyTorch's `CosineAnnealingLR`: down to `eta_min` at `T_max`, and up again after it. */
export const cosineAnnealingLR: NodeFactory = (context) => {
  context.params.allow('T_max', 'eta_min');
  const tMax = context.params.number('T_max', positiveInteger);
  const etaMin = context.params.number('eta_min', nonNegative, 0);
  const wave = (epoch: number): number => 1 + Math.cos((Math.PI * epoch) / tMax);
  return chainableNode(context, {
    closed: (epoch, base) => etaMin + ((base - etaMin) * wave(epoch)) / 2,
    next(epoch, lr, base) {
      // One step after the minimum the quotient below is 0 / 0: the rise starts from the closed form.
      if ((epoch - 1 - tMax) % (2 * tMax) === 0) {
        return lr + ((base - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
      }
      return (wave(epoch) / wave(epoch - 1)) * (lr - etaMin) + etaMin;
    },
  });
};
