import type { Node } from './node.ts';
import { isUnstarted, readCount, readStates } from './state-reader.ts';

/** Nodes one after the other: node `i` is active from `milestones[i - 1]` on, and begins anew there. */
export function sequenceNode(where: string, nodes: readonly Node[], milestones: readonly number[]): Node {
  let epoch: number | null = null;
  const begin = (how: 'start' | 'restart'): void => {
    nodes[0]![how]();
    epoch = 0;
  };

  return {
    needsLastLr: true,
    start: () => begin('start'),
    restart: () => begin('restart'),
    advance(metric) {
      const next = (epoch ?? -1) + 1;
      const active = nodes[milestones.filter((milestone) => milestone <= next).length]!;
      if (milestones.includes(next)) active.restart();
      else active.advance(metric);
      epoch = next;
    },
    save: () => ({ last_epoch: epoch, _schedulers: nodes.map((node) => node.save()) }),
    load(state) {
      const states = readStates(state, '_schedulers', nodes.length, where);
      const loaded = isUnstarted(state) ? null : readCount(state, 'last_epoch', 0, where);
      for (const [index, node] of nodes.entries()) node.load(states[index]!);
      epoch = loaded;
    },
  };
}
