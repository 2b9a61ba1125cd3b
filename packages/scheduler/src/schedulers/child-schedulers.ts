import type { Node, NodeContext } from '../node.ts';

/** Builds the parameter `schedulers`: a list of at least one `{ type, params }`, none that needs a metric. */
export function readChildSchedulers(context: NodeContext): readonly Node[] {
  const configs = context.params.list('schedulers');
  if (configs.length === 0)
    context.params.refuse('schedulers', 'a list of at least one { type, params }', configs);
  return configs.map((config, index) => {
    const { type, node } = context.build(config, `schedulers[${index}]`);
    if (type !== 'ReduceLROnPlateau') return node;
    return context.params.refuse(
      `schedulers[${index}]`,
      'a scheduler that needs no metric (MultiStage takes those that do)',
      config,
    );
  });
}
