import type { Hyperparameters } from './hyperparameters.ts';
import type { ResolvedGroup } from './resolve-groups.ts';
import type { UpdateMethod } from './update-method.ts';

/** An optimizer as its file describes it. */
export interface OptimizerSpecification<H extends Hyperparameters> {
  readonly type: string;
  readonly defaults: H;
  /** How a group is updated; may depend on the group's hyperparameters. */
  readonly method: (hyperparameters: H) => UpdateMethod<H>;
  /** Divides a group further, for optimizers that treat kinds of parameters differently. */
  readonly split?: (group: ResolvedGroup<H>) => readonly ResolvedGroup<H>[];
}
