/** One number for all parameter groups, or a list with one per group. */
export type PerGroup = number | readonly number[];

/** `params` of DeepSpeed's `LRRangeTest`. */
export interface LRRangeTestParams {
  /** Learning rate at the start; 0.001. */
  readonly lr_range_test_min_lr?: PerGroup;
  /** Steps in which the lr grows by `step_rate` times the start; 2000. */
  readonly lr_range_test_step_size?: number;
  /** Growth per `step_size` steps; 1. */
  readonly lr_range_test_step_rate?: number;
  /** Grow in stairs of `step_size`; false. */
  readonly lr_range_test_staircase?: boolean;
}

/** `params` of DeepSpeed's `OneCycle`. */
export interface OneCycleParams {
  readonly cycle_min_lr: PerGroup;
  readonly cycle_max_lr: PerGroup;
  /** How much 1 / lr grows per `decay_step_size` after the cycle; 0. */
  readonly decay_lr_rate?: number;
  /** Steps up; 2000. */
  readonly cycle_first_step_size?: number;
  /** Steps down; as many as up. */
  readonly cycle_second_step_size?: number | null;
  /** Stairs on the way up; 0 or less is none. */
  readonly cycle_first_stair_count?: number;
  /** Stairs on the way down; as many as up. */
  readonly cycle_second_stair_count?: number | null;
  /** Steps per decay interval; 0 is no decay. */
  readonly decay_step_size?: number;
  /** Cycle the first beta against the lr; true. */
  readonly cycle_momentum?: boolean;
  /** Momentum at the max lr; 0.8. */
  readonly cycle_min_mom?: PerGroup;
  /** Momentum at the min lr; 0.9. */
  readonly cycle_max_mom?: PerGroup;
  /** How much momentum grows per `decay_step_size` after the cycle; 0. It stops at 0.999. */
  readonly decay_mom_rate?: number;
}

/** `params` of DeepSpeed's `WarmupLR`. */
export interface WarmupLRParams {
  /** 0. */
  readonly warmup_min_lr?: PerGroup;
  /** Each group's own lr. */
  readonly warmup_max_lr?: PerGroup | null;
  /** 1000; 1 is taken for 2. */
  readonly warmup_num_steps?: number;
  /** `log`. */
  readonly warmup_type?: 'log' | 'linear';
}

/** `params` of DeepSpeed's `WarmupDecayLR`. */
export interface WarmupDecayLRParams {
  readonly total_num_steps: number;
  /** 0. */
  readonly warmup_min_lr?: PerGroup;
  /** 0.001, unlike that of `WarmupLR`. */
  readonly warmup_max_lr?: PerGroup;
  /** 1000; 1 is taken for 2. */
  readonly warmup_num_steps?: number;
  /** `log`. */
  readonly warmup_type?: 'log' | 'linear';
}

/** `params` of DeepSpeed's `WarmupCosineLR`; ratios are of each group's own lr. */
export interface WarmupCosineLRParams {
  readonly total_num_steps: number;
  /** 0. */
  readonly warmup_min_ratio?: number;
  /** 1000; 1 is taken for 2. */
  readonly warmup_num_steps?: number;
  /** 0.0001. */
  readonly cos_min_ratio?: number;
  /** `log`. */
  readonly warmup_type?: 'log' | 'linear';
}
