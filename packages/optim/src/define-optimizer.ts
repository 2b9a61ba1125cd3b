import type { OptimizerDefinition } from '@ds/tensor';
import { GroupedOptimizer } from './grouped-optimizer.ts';
import type { Hyperparameters, OptimizerOptions } from './hyperparameters.ts';
import type { OptimizerSpecification } from './optimizer-specification.ts';
import { completeHyperparameters, resolveGroups } from './resolve-groups.ts';

/**
 * Makes a definition from an optimizer's specification and a user's options.
 *
 * @throws UnknownNameError for an option the optimizer does not have; InvalidArgumentError for a value.
 */
export function defineOptimizer<H extends Hyperparameters>(
  specification: OptimizerSpecification<H>,
  options: OptimizerOptions<H>,
): OptimizerDefinition {
  const { type, defaults, split } = specification;
  const complete = completeHyperparameters(type, defaults, options as Partial<H>);
  for (const group of options.groups ?? []) completeHyperparameters(type, complete, group as Partial<H>);
  return {
    type,
    create({ device, layout }) {
      const groups = resolveGroups(type, layout, defaults, options);
      return new GroupedOptimizer(specification, device, layout, split ? groups.flatMap(split) : groups);
    },
  };
}
