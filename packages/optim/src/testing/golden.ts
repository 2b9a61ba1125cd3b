/** Values of all parameters after some steps. */
export interface Trajectory {
  /** From 1. */
  readonly steps: readonly number[];
  readonly params: readonly (readonly (readonly number[])[])[];
}

/** Parameters, and the gradients that every step gets; null: none that step. */
export interface GoldenProblem {
  readonly shapes: readonly (readonly number[])[];
  readonly init: readonly (readonly number[])[];
  readonly grads: readonly (readonly (readonly number[] | null)[])[];
}

/** One recorded run of an optimizer. */
export interface GoldenCase {
  readonly id: string;
  readonly family: string;
  readonly name: string;
  readonly problem: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly groups?: readonly (Readonly<Record<string, unknown>> & { readonly params: readonly number[] })[];
  readonly fp32?: Trajectory;
  readonly fp64?: Trajectory;
  /** Of Muon, whose recorded runs are half precision: the same formula in float64. */
  readonly formula_fp64?: Trajectory;
  /** Of runs whose parameters and gradients are bfloat16. */
  readonly bfloat16?: Trajectory;
  readonly state?: Readonly<Record<string, Readonly<Record<string, number | readonly number[]>>>>;
}

/** The recorded runs of PyTorch's and DeepSpeed's optimizers: the file `__fixtures__/optimizers.json`. */
export interface OptimizerGolden {
  readonly problems: Readonly<Record<string, GoldenProblem>>;
  readonly cases: readonly GoldenCase[];
}
