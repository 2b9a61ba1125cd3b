import type { Node, NodeContext } from './node.ts';
import { isUnstarted, readCount } from './state-reader.ts';

/** A PyTorch scheduler that changes whatever lr the group has, so that several can act on it in turn. */
export interface Chainable {
  /** The lr at `epoch` if this scheduler alone had acted on `base`. */
  closed(epoch: number, base: number): number;
  /** The lr at `epoch`, from the one at `epoch - 1`. */
  next(epoch: number, lr: number, base: number): number;
}

/** The node that applies a chainable rule to each group. */
export function chainableNode(context: NodeContext, rule: Chainable): Node {
  let epoch: number | null = null;

  const write = (next: number, lrOf: (lr: number, base: number) => number): void => {
    for (const [index, group] of context.groups().entries()) {
      group.lr = lrOf(group.lr, context.baseLrs[index]!);
    }
    epoch = next;
  };

  return {
    needsLastLr: false,
    start: () => write(0, (lr) => rule.closed(0, lr)),
    restart: () => write(0, (_, base) => rule.closed(0, base)),
    advance() {
      const next = (epoch ?? -1) + 1;
      write(next, (lr, base) => rule.next(next, lr, base));
    },
    save: () => ({ last_epoch: epoch }),
    load(state) {
      if (isUnstarted(state)) {
        epoch = null;
        return;
      }
      const loaded = readCount(state, 'last_epoch', 0, context.where);
      write(loaded, (_, base) => rule.closed(loaded, base));
    },
  };
}
