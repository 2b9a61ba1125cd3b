import type { Algebra } from './algebra.ts';

/**
 * An elementwise program over named slots, written once for every device.
 *
 * Element `i` of the slots that `update` returns is rewritten from element `i` of all slots; slots that it does
 * not return stay as they are. `update` must call only the algebra: it runs once per device, not per element.
 *
 * @example
 * const scaleInto: Rule<'target' | 'source', 'factor'> = {
 *   name: 'scaleInto',
 *   slots: ['target', 'source'],
 *   scalars: ['factor'],
 *   update: ({ add, mul }, { target, source }, { factor }) => ({ target: add(target, mul(source, factor)) }),
 * };
 */
export interface Rule<Slot extends string = string, Scalar extends string = string> {
  /** For people and for kernel names; letters, digits and underscores. */
  readonly name: string;
  /** Every slot the rule reads or rewrites. */
  readonly slots: readonly Slot[];
  /** Slots that hold one number, read for every element and never rewritten; default none. */
  readonly broadcast?: readonly Slot[];
  /** Numbers given at each run, computed by the host in float64. */
  readonly scalars: readonly Scalar[];
  update<T>(
    algebra: Algebra<T>,
    slots: Readonly<Record<Slot, T>>,
    scalars: Readonly<Record<Scalar, T>>,
  ): Partial<Record<Slot, T>>;
}
