import type { Rule } from '@ds/tensor';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Elements of a tensor's row-major memory, from `start` on. */
export interface TensorRange {
  readonly tensor: Tensor;
  readonly start: number;
}

/** A rule prepared for one backend. */
export interface CompiledRule {
  /**
   * @param ranges one for each of `rule.slots`, within their tensors; those that are rewritten are private.
   * @param scalars one for each of `rule.scalars`.
   * @param length at least 1.
   */
  run(ranges: readonly TensorRange[], scalars: readonly number[], length: number): void;
}

/**
 * What a tfjs backend brings so that slabs can live in its tensors: `createTfjsDevice` makes a device of it.
 *
 * Callers have checked every argument. `length` may be 0 except where it is said.
 */
export interface Storage {
  /** For people. */
  readonly name: string;
  /** tfjs's name of the backend whose tensors hold the numbers. */
  readonly backend: string;
  /** Makes a tensor of zeros, tracked like any other. */
  allocate(shape: number[]): Tensor;
  /** Whether the tensor can be rewritten without another one, or an array someone holds, changing with it. */
  isPrivate(tensor: Tensor): boolean;
  write(target: TensorRange, data: Float32Array): void;
  read(source: TensorRange, length: number): Promise<Float32Array>;
  /** The ranges do not overlap, but may lie in one tensor. */
  copy(target: TensorRange, source: TensorRange, length: number): void;
  compile(rule: Rule): CompiledRule;
  sumOfSquares(source: TensorRange, length: number): Promise<number>;
  writeSumOfSquares(target: TensorRange, source: TensorRange, length: number): void;
}
