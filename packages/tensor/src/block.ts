import type { Initializer } from './initializer.ts';

/** A parameter as a block declares it. */
export interface ParameterSpec {
  /** Unique in the model; a name that two blocks declare is one shared (tied) parameter. */
  readonly name: string;
  readonly shape: readonly number[];
  /** First values; default `glorotUniform` for two or more dimensions, else zeros. */
  readonly initializer?: Initializer;
  /** Free label that optimizers can select by, for example `norm`. */
  readonly group?: string;
  /** False: never updated, but saved with the model. Default true. */
  readonly trainable?: boolean;
}

/**
 * One differentiable stage of a model. Models that cannot be taken apart are one block.
 *
 * `T` is the runtime's tensor; input and output are a tensor or a container of tensors.
 */
export interface Block<T, Input = T, Output = T> {
  /** Unique in the model. */
  readonly name: string;
  readonly parameters: readonly ParameterSpec[];
  /**
   * Computes the block's output from nothing but its arguments.
   *
   * `parameters` come in the order of the specs; `mode.training` is true in `forward` and false in `evaluate`, for
   * dropout and the like. May run again during backward (activation checkpointing), so it must give the same result
   * for the same arguments.
   */
  forward(parameters: readonly T[], input: Input, mode: { readonly training: boolean }): Output;
}
