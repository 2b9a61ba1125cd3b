import { writeMomentum, type MomentumKey } from './momentum.ts';
import type { Node, NodeContext } from './node.ts';
import { isUnstarted, readCount } from './state-reader.ts';

/** A scheduler whose values follow from its count alone. */
export interface ClosedForm {
  /** DeepSpeed counts from -1 (the values before the first `step()`), PyTorch from 0. */
  readonly counter: 'last_batch_iteration' | 'last_epoch';
  lr(count: number, group: number): number;
  /** The momentum where it is cycled. */
  readonly momentum?: { readonly key: MomentumKey; at(count: number, group: number): number } | undefined;
}

/** The node that writes a closed form into the groups. */
export function closedFormNode(context: NodeContext, form: ClosedForm): Node {
  const first = form.counter === 'last_epoch' ? 0 : -1;
  let count: number | null = null;

  const write = (next: number): void => {
    const groups = context.groups();
    const values = groups.map((_, group) => ({
      lr: form.lr(next, group),
      momentum: form.momentum?.at(next, group),
    }));
    for (const [index, { lr, momentum }] of values.entries()) {
      groups[index]!.lr = lr;
      if (momentum !== undefined) writeMomentum(groups[index]!, form.momentum!.key, momentum);
    }
    count = next;
  };

  return {
    needsLastLr: false,
    start: () => write(first),
    restart: () => write(first),
    advance: () => write((count ?? first - 1) + 1),
    save: () => ({ [form.counter]: count }),
    load(state) {
      if (state[form.counter] === null || isUnstarted(state)) count = null;
      else write(readCount(state, form.counter, first, context.where));
    },
  };
}
