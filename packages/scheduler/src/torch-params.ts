import type { PerGroup } from './deepspeed-params.ts';

/** `params` of PyTorch's `StepLR`. */
export interface StepLRParams {
  readonly step_size: number;
  /** 0.1. */
  readonly gamma?: number;
}

/** `params` of PyTorch's `MultiStepLR`. */
export interface MultiStepLRParams {
  readonly milestones: readonly number[];
  /** 0.1. */
  readonly gamma?: number;
}

/** `params` of PyTorch's `ConstantLR`. */
export interface ConstantLRParams {
  /** 1 / 3. */
  readonly factor?: number;
  /** 5. */
  readonly total_iters?: number;
}

/** `params` of PyTorch's `LinearLR`. */
export interface LinearLRParams {
  /** 1 / 3. */
  readonly start_factor?: number;
  /** 1. */
  readonly end_factor?: number;
  /** 5. */
  readonly total_iters?: number;
}

/** `params` of PyTorch's `ExponentialLR`. */
export interface ExponentialLRParams {
  readonly gamma: number;
}

/** `params` of PyTorch's `PolynomialLR`. */
export interface PolynomialLRParams {
  /** 5. */
  readonly total_iters?: number;
  /** 1. */
  readonly power?: number;
}

/** `params` of PyTorch's `CosineAnnealingLR`. */
export interface CosineAnnealingLRParams {
  readonly T_max: number;
  /** 0. */
  readonly eta_min?: number;
}

/** `params` of PyTorch's `CosineAnnealingWarmRestarts`. */
export interface CosineAnnealingWarmRestartsParams {
  readonly T_0: number;
  /** 1. */
  readonly T_mult?: number;
  /** 0. */
  readonly eta_min?: number;
}

/** `params` of PyTorch's `CyclicLR`. */
export interface CyclicLRParams {
  readonly base_lr: PerGroup;
  readonly max_lr: PerGroup;
  /** 2000. */
  readonly step_size_up?: number;
  /** As many as up. */
  readonly step_size_down?: number | null;
  /** `triangular`. */
  readonly mode?: 'triangular' | 'triangular2' | 'exp_range';
  /** Height per step in mode `exp_range`; 1. */
  readonly gamma?: number;
  /** Cycle the first beta, or momentum, against the lr; true. */
  readonly cycle_momentum?: boolean;
  /** Momentum at the max lr; 0.8. */
  readonly base_momentum?: PerGroup;
  /** Momentum at the base lr; 0.9. */
  readonly max_momentum?: PerGroup;
}

/** `params` of PyTorch's `OneCycleLR`: `total_steps`, or `epochs` and `steps_per_epoch`. */
export interface OneCycleLRParams {
  readonly max_lr: PerGroup;
  readonly total_steps?: number | null;
  readonly epochs?: number | null;
  readonly steps_per_epoch?: number | null;
  /** 0.3. */
  readonly pct_start?: number;
  /** `cos`. */
  readonly anneal_strategy?: 'cos' | 'linear';
  /** Cycle the first beta, or momentum, against the lr; true. */
  readonly cycle_momentum?: boolean;
  /** Momentum at the max lr; 0.85. */
  readonly base_momentum?: PerGroup;
  /** Momentum at both ends; 0.95. */
  readonly max_momentum?: PerGroup;
  /** 25. */
  readonly div_factor?: number;
  /** 10000. */
  readonly final_div_factor?: number;
  /** false. */
  readonly three_phase?: boolean;
}

/** `params` of PyTorch's `ReduceLROnPlateau`. */
export interface ReduceLROnPlateauParams {
  /** Whether the metric should fall (`min`, the default) or rise. */
  readonly mode?: 'min' | 'max';
  /** 0.1. */
  readonly factor?: number;
  /** 10. */
  readonly patience?: number;
  /** 0.0001. */
  readonly threshold?: number;
  /** `rel`. */
  readonly threshold_mode?: 'rel' | 'abs';
  /** 0. */
  readonly cooldown?: number;
  /** 0. */
  readonly min_lr?: PerGroup;
  /** Smaller changes of the lr are not made; 1e-8. */
  readonly eps?: number;
}
