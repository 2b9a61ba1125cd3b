import type { NodeFactory } from '../node.ts';
import { sequenceNode } from '../sequence-node.ts';
import { readChildSchedulers } from './child-schedulers.ts';
import { readMilestones } from './milestones.ts';

/** PyTorch's `SequentialLR`: scheduler `i` takes over at `milestones[i - 1]`, from the base lr. */
export const sequentialLR: NodeFactory = (context) => {
  const { params } = context;
  params.allow('schedulers', 'milestones');
  const nodes = readChildSchedulers(context);
  const milestones = readMilestones(params);
  if (milestones.length !== nodes.length - 1) {
    params.refuse('milestones', `a list of ${nodes.length - 1}, one less than schedulers`, milestones);
  }
  if (milestones.some((milestone, index) => milestone <= (milestones[index - 1] ?? 0))) {
    params.refuse('milestones', 'increasing, from 1 on', milestones);
  }
  return sequenceNode(context.where, nodes, milestones);
};
