export { goldenMismatches } from './golden-cases.ts';

export type { GoldenOptions } from './golden-cases.ts';
export type { GoldenCase, GoldenProblem, OptimizerGolden, Trajectory } from './golden.ts';
