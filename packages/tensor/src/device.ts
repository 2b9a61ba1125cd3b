import type { Rule } from './rule.ts';
import type { Operand, Slab } from './slab.ts';

/** Which elements to copy: `length` of them, from `from` in the source to `to` in the target. */
export interface CopyRange {
  /** First element in the source; default 0. */
  readonly from?: number;
  /** First element in the target; default 0. */
  readonly to?: number;
  /** Number of elements; default: all of the source from `from` on. */
  readonly length?: number;
}

/** A product of row-major matrices: `target = alpha * op(a) * op(b) + beta * target`. */
export interface MatrixProduct<S extends Slab = Slab> {
  /** `rows x columns`. Must not overlap `a` or `b`. */
  readonly target: Operand<S>;
  /** `rows x inner`, or `inner x rows` when `transposeA`. */
  readonly a: Operand<S>;
  /** `inner x columns`, or `columns x inner` when `transposeB`. */
  readonly b: Operand<S>;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Default 1. */
  readonly alpha?: number;
  /** Default 0: what the target held before is ignored, NaN included. */
  readonly beta?: number;
}

/** A compiled rule, ready to run on slabs of the device that compiled it. */
export interface Step<S extends Slab, Slot extends string, Scalar extends string> {
  /**
   * Runs the rule over `length` elements, rewriting in place the slots that the rule returns.
   *
   * Ranges may lie in one slab but must not overlap. Default `length`: what is left of the first operand that
   * is not broadcast. Scalars are rounded to the slab's format once.
   *
   * @throws InvalidArgumentError when an operand or a scalar is missing, or a range leaves its slab.
   */
  run(
    operands: Readonly<Record<Slot, Operand<S>>>,
    scalars: Readonly<Record<Scalar, number>>,
    length?: number,
  ): void;
  /** Frees what the compiled rule holds; slabs are not touched. */
  dispose(): void;
}

/** What a device holds for its callers at the moment. */
export interface DeviceMemory {
  /** Slabs allocated and not freed. */
  readonly slabs: number;
  /** Bytes in them. */
  readonly bytes: number;
}

/**
 * Memory and arithmetic over slabs.
 *
 * Calls on one device take effect in program order, also where the device works behind the caller's back; only
 * `read` and `sumOfSquares` wait for it. Ranges that leave a slab, and slabs that were freed, are an
 * `InvalidArgumentError`. `deviceConformance` in `@ds/tensor/testing` checks everything said here.
 */
export interface Device<S extends Slab = Slab> {
  /** For people: `wasm`, `webgpu`, ... */
  readonly name: string;
  /** Allocates a slab of zeros. */
  alloc(length: number): S;
  /** Gives the slab's memory back. A slab must be freed once. */
  free(slab: S): void;
  /** Overwrites elements from `at` (default 0) on; `data` may be reused once the call returns. */
  write(slab: S, data: Float32Array, at?: number): void;
  /** Waits for the elements `[start, end)`, by default all, as a copy of the caller's own. */
  read(slab: S, start?: number, end?: number): Promise<Float32Array>;
  /** Copies elements between two slabs, or between two ranges of one that do not overlap. */
  copy(target: S, source: S, range?: CopyRange): void;
  /** Prepares a rule. Compiling the same rule object twice is cheap. */
  compile<Slot extends string, Scalar extends string>(rule: Rule<Slot, Scalar>): Step<S, Slot, Scalar>;
  /**
   * Waits for the sum of squares of the elements `[start, end)`, by default all.
   *
   * Accumulated in float64 where the device can. Not finite if an element is not finite, so it serves as the
   * overflow test too.
   */
  sumOfSquares(slab: S, start?: number, end?: number): Promise<number>;
  /** Writes the sum of squares of `length` elements of `source` into one element of `target`, without a wait. */
  writeSumOfSquares(target: Operand<S>, source: Operand<S>, length: number): void;
  /** Multiplies matrices held in slabs. */
  multiply(product: MatrixProduct<S>): void;
  /** Counts what `alloc` gave out and `free` has not taken back. */
  memory(): DeviceMemory;
}
