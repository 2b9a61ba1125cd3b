import { InvalidArgumentError } from './error.ts';
import type { Rule } from './rule.ts';
import type { Operand, Slab } from './slab.ts';
import { resolveOperand } from './slab.ts';

/**
 * Checks that `[start, end)` lies in the slab.
 *
 * @throws InvalidArgumentError naming the range and the slab's length.
 *
 * @example
 * const slab = createArrayDevice().alloc(4);
 * checkRange(slab, 1, 4);
 * checkRange(slab, 1, 5); // throws: The range [1, 5) is not within a slab of 4 elements.
 */
export function checkRange(slab: Slab, start: number, end: number): void {
  if (
    !(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= slab.length)
  ) {
    throw new InvalidArgumentError(
      `The range [${start}, ${end}) is not within a slab of ${slab.length} elements.`,
    );
  }
}

/** A rule's operands, resolved and checked. */
export interface BoundOperands<S extends Slab, Slot extends string> {
  readonly slots: Record<Slot, { slab: S; start: number }>;
  /** Number of elements to run over. */
  readonly length: number;
}

/**
 * Resolves what a `Step.run` was given, for implementers of `Device`.
 *
 * @param length number of elements; default: what is left of the first operand that is not broadcast.
 * @throws InvalidArgumentError when an operand or a scalar is missing, or a range leaves its slab.
 *
 * @example
 * const device = createArrayDevice();
 * const [target, source] = [device.alloc(6), device.alloc(8)];
 * const bound = bindOperands(scaleInto, { target, source: { slab: source, start: 2 } }, { factor: 0.5 });
 * bound.length; // 6
 * bound.slots.source.start; // 2
 */
export function bindOperands<S extends Slab, Slot extends string, Scalar extends string>(
  rule: Rule<Slot, Scalar>,
  operands: Readonly<Record<Slot, Operand<S>>>,
  scalars: Readonly<Record<Scalar, number>>,
  length?: number,
): BoundOperands<S, Slot> {
  const slots = {} as Record<Slot, { slab: S; start: number }>;
  let count = length;
  for (const name of rule.slots) {
    const operand = operands[name];
    if (operand === undefined) {
      throw new InvalidArgumentError(
        `Rule ${rule.name} needs a slab for slot "${name}"; given: ${Object.keys(operands).join(', ') || 'none'}.`,
      );
    }
    slots[name] = resolveOperand(operand);
    if (count === undefined && !rule.broadcast?.includes(name))
      count = slots[name].slab.length - slots[name].start;
  }
  const elements = count ?? 0;
  for (const name of rule.slots) {
    const { slab, start } = slots[name];
    checkRange(slab, start, start + (rule.broadcast?.includes(name) ? 1 : elements));
  }
  for (const name of rule.scalars) {
    if (typeof scalars[name] !== 'number') {
      throw new InvalidArgumentError(
        `Rule ${rule.name} needs a number for scalar "${name}"; got ${String(scalars[name])}.`,
      );
    }
  }
  return { slots, length: elements };
}
