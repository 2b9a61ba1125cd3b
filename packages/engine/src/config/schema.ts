import type { OptimizerConfig } from '@ds/optim';
import type { SchedulerConfig } from '@ds/scheduler';

/** DeepSpeed's `zero_optimization`. This version trains on one rank, where there is nothing to shard. */
export interface ZeroConfig {
  /** Default 0; the other stages come with sharded training. */
  readonly stage?: 0;
}

/** DeepSpeed's `fp16`. Half precision is not in this version: only `enabled: false` is accepted. */
export interface Fp16Config {
  readonly enabled?: false;
  readonly auto_cast?: boolean;
  readonly loss_scale?: number;
  readonly initial_scale_power?: number;
  readonly loss_scale_window?: number;
  readonly hysteresis?: number;
  readonly consecutive_hysteresis?: boolean;
  readonly min_loss_scale?: number;
  readonly fp16_master_weights_and_grads?: boolean;
}

/** DeepSpeed's `bf16`. Half precision is not in this version: only `enabled: false` is accepted. */
export interface Bf16Config {
  readonly enabled?: false;
  readonly immediate_grad_update?: boolean;
  readonly check_grad_overflow?: boolean;
  readonly bf16_master_weights_and_grads?: boolean;
  readonly bf16_optimizer_states?: boolean;
}

/**
 * The part of DeepSpeed's configuration (`ds_config.json`) that this version understands, under DeepSpeed's names.
 *
 * `train_batch_size = train_micro_batch_size_per_gpu * gradient_accumulation_steps * ranks`: give one of the first
 * two at least, the rest follows. Any other key is an error.
 *
 * @example
 * const config: DeepSpeedConfig = {
 *   train_batch_size: 32,
 *   gradient_accumulation_steps: 4,
 *   optimizer: { type: 'AdamW', params: { lr: 3e-4, weight_decay: 0.1 } },
 *   scheduler: { type: 'WarmupCosineLR', params: { total_num_steps: 1000, warmup_num_steps: 100 } },
 * };
 */
export interface DeepSpeedConfig {
  /** Samples per optimizer step, over all ranks. */
  readonly train_batch_size?: number;
  /** Samples per forward and backward pass of one rank ("gpu" is DeepSpeed's word). */
  readonly train_micro_batch_size_per_gpu?: number;
  /** Micro-batches per optimizer step; default 1. */
  readonly gradient_accumulation_steps?: number;
  readonly optimizer?: OptimizerConfig;
  readonly scheduler?: SchedulerConfig;
  /** Largest norm of all gradients together; default 1, and 0 turns clipping off. */
  readonly gradient_clipping?: number;
  /** Log a line every so many steps; default: none. */
  readonly steps_per_print?: number;
  /** Divide gradients before they are summed over ranks; no effect on one rank. */
  readonly prescale_gradients?: boolean;
  /** Divide gradients by this before they are summed, and by the rest afterwards; no effect on one rank. */
  readonly gradient_predivide_factor?: number;
  /** How gradients of ranks are combined; no effect on one rank. */
  readonly gradient_allreduce_op?: 'mean' | 'sum';
  /** Leave out an epoch's last micro-batch when it is short; default false. */
  readonly dataloader_drop_last?: boolean;
  /** Accepted for DeepSpeed's sake: every optimizer is allowed here. */
  readonly zero_allow_untested_optimizer?: boolean;
  readonly zero_optimization?: ZeroConfig;
  readonly fp16?: Fp16Config;
  readonly bf16?: Bf16Config;
  /** Only false in this version; `onStep` reports seconds per step. */
  readonly wall_clock_breakdown?: false;
  /** Only false in this version. */
  readonly memory_breakdown?: false;
  /** Only false in this version. */
  readonly dump_state?: false;
  /** Only false in this version. */
  readonly sparse_gradients?: false;
}
