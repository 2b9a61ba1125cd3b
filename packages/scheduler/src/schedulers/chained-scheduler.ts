import type { NodeFactory } from '../node.ts';
import { readStates } from '../state-reader.ts';
import { readChildSchedulers } from './child-schedulers.ts';

/** PyTorch's `ChainedScheduler`: all schedulers act on the lr at every step, in order. */
export const chainedScheduler: NodeFactory = (context) => {
  context.params.allow('schedulers');
  const nodes = readChildSchedulers(context);
  const start = (): void => nodes.forEach((node) => node.start());
  return {
    needsLastLr: true,
    start,
    restart() {
      for (const [index, group] of context.groups().entries()) group.lr = context.baseLrs[index]!;
      start();
    },
    advance: (metric) => nodes.forEach((node) => node.advance(metric)),
    save: () => ({ _schedulers: nodes.map((node) => node.save()) }),
    load(state) {
      const states = readStates(state, '_schedulers', nodes.length, context.where);
      for (const [index, node] of nodes.entries()) node.load(states[index]!);
    },
  };
};
