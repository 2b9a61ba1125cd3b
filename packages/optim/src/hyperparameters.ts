import type { LayoutEntry, ParameterGroup } from '@ds/tensor';
import type { LearningRate } from './learning-rate.ts';

/**
 * What every optimizer can be told.
 *
 * @example
 * const some: Partial<Hyperparameters> = { learningRate: 1e-3, clipValue: 1 };
 */
export interface Hyperparameters {
  /** A number or a schedule. */
  readonly learningRate: LearningRate;
  /** The optimizer's own doc says whether it is L2 or decoupled. */
  readonly weightDecay: number;
  /** Climbs instead of descending. Default false. */
  readonly maximize: boolean;
  /** Limits each element of the gradient, after unscaling, to `[-clipValue, clipValue]`. Default 0: no limit. */
  readonly clipValue: number;
}

/**
 * Which parameters a group takes: their names, or a test of each one's place in the layout.
 *
 * @example
 * const vectors: ParameterSelector = ({ shape }) => shape.length === 1;
 */
export type ParameterSelector = readonly string[] | ((entry: LayoutEntry) => boolean);

/**
 * Parameters that get hyperparameters of their own; what is left out is as for the other parameters.
 *
 * @example
 * const group: GroupOptions<AdamHyperparameters> = { parameters: biasesAndNorms, weightDecay: 0 };
 */
export type GroupOptions<H> = Partial<H> & { readonly parameters: ParameterSelector };

/**
 * The options of an optimizer with the hyperparameters `H`: all of them may be left out.
 *
 * @example
 * const options: OptimizerOptions<AdamHyperparameters> = { learningRate: 3e-4, betas: [0.9, 0.95] };
 */
export type OptimizerOptions<H> = Partial<H> & {
  /** The first group that selects a parameter gets it; what none selects forms the last group. */
  readonly groups?: readonly GroupOptions<H>[];
};

/**
 * A parameter group with all of its hyperparameters; every field is read at each step.
 *
 * @example
 * const freeze = (group: LiveGroup<AdamHyperparameters>): void => {
 *   group.lr = 0;
 * };
 */
export type LiveGroup<H> = ParameterGroup &
  CommonLiveFields & { -readonly [K in Exclude<keyof H, 'learningRate'>]: H[K] };

interface CommonLiveFields {
  weightDecay: number;
  maximize: boolean;
  clipValue: number;
}

/** The values that `Hyperparameters` have everywhere, save for the learning rate. */
export const commonDefaults: Omit<Hyperparameters, 'learningRate'> = {
  weightDecay: 0,
  maximize: false,
  clipValue: 0,
};
