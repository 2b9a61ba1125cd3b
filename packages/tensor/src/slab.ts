/** Number formats a slab can hold. 16-bit formats join with mixed precision. */
export type SlabDtype = 'float32';

/** A contiguous, mutable run of numbers on one device. Whoever allocates it frees it. */
export interface Slab {
  /** Number of elements; 0 is allowed. */
  readonly length: number;
  readonly dtype: SlabDtype;
}

/** A slab from its beginning, or from element `start` on. */
export type Operand<S extends Slab = Slab> = S | { readonly slab: S; readonly start: number };

/**
 * Splits an operand into its slab and the element it starts at.
 *
 * @example
 * const slab = createArrayDevice().alloc(4);
 * resolveOperand(slab); // { slab, start: 0 }
 * resolveOperand({ slab, start: 2 }); // { slab, start: 2 }
 */
export function resolveOperand<S extends Slab>(operand: Operand<S>): { slab: S; start: number } {
  return 'slab' in operand ? operand : { slab: operand, start: 0 };
}
