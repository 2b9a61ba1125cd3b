import type { OptimizerDefinition } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import { GroupedOptimizer } from './grouped-optimizer.ts';
import type { Hyperparameters, OptimizerOptions } from './hyperparameters.ts';
import type { OptimizerSpecification } from './optimizer-specification.ts';
import { completeHyperparameters, requireGroups, resolveGroups } from './resolve-groups.ts';

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
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError(
      `${type} takes its options as one object, for example { learningRate: 1e-3 }.`,
    );
  }
  const complete = completeHyperparameters(type, defaults, options as Partial<H>, 'groups');
  if (options.groups !== undefined) requireGroups(type, options.groups);
  for (const group of options.groups ?? []) {
    completeHyperparameters(type, complete, group as Partial<H>, 'parameters');
  }
  return {
    type,
    create({ device, layout }) {
      const groups = resolveGroups(type, layout, defaults, options);
      return new GroupedOptimizer(specification, device, layout, split ? groups.flatMap(split) : groups);
    },
  };
}
