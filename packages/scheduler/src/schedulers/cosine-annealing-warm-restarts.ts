import { closedFormNode } from '../closed-form-node.ts';
import type { NodeFactory } from '../node.ts';
import { nonNegative, positiveInteger } from '../number-kind.ts';
import { restartCycle } from '../restart-cycle.ts';

/** PyTorch's `CosineAnnealingWarmRestarts`: cosine cycles of `T_0`, `T_0 * T_mult`, ... steps. */
export const cosineAnnealingWarmRestarts: NodeFactory = (context) => {
  context.params.allow('T_0', 'T_mult', 'eta_min');
  const first = context.params.number('T_0', positiveInteger);
  const growth = context.params.number('T_mult', positiveInteger, 1);
  const etaMin = context.params.number('eta_min', nonNegative, 0);
  return closedFormNode(context, {
    counter: 'last_epoch',
    lr(epoch, group) {
      const { offset, length } = restartCycle(epoch, first, growth);
      return etaMin + ((context.baseLrs[group]! - etaMin) * (1 + Math.cos((Math.PI * offset) / length))) / 2;
    },
  });
};
