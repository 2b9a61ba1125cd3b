import type { Node, NodeFactory } from '../node.ts';
import { positiveInteger } from '../number-kind.ts';
import { createParamReader } from '../param-reader.ts';
import { sequenceNode } from '../sequence-node.ts';

/**
 * Our own `MultiStage`: stage after stage, each `{ steps, type, params }`, each from the groups' base lr.
 *
 * What `SequentialLR` does, with lengths instead of milestones and with schedulers that need a metric.
 */
export const multiStage: NodeFactory = (context) => {
  context.params.allow('stages');
  const stages = context.params.list('stages');
  if (stages.length === 0) {
    context.params.refuse('stages', 'a list of at least one { steps, type, params }', stages);
  }
  const nodes: Node[] = [];
  const milestones: number[] = [];
  let end = 0;
  for (const [index, stage] of stages.entries()) {
    const path = `stages[${index}]`;
    const reader = createParamReader(`${context.where}.${path}`, stage, 1);
    reader.allow('steps', 'type', 'params');
    const isLast = index === stages.length - 1;
    const steps = isLast
      ? reader.optionalNumber('steps', positiveInteger)
      : reader.number('steps', positiveInteger);
    const { type, params } = (stage ?? {}) as { type?: unknown; params?: unknown };
    nodes.push(context.build({ type, params }, path).node);
    end += steps ?? 0;
    if (!isLast) milestones.push(end);
  }
  return sequenceNode(context.where, nodes, milestones);
};
