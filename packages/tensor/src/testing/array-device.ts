import { float32Algebra, float64Algebra } from '../algebra.ts';
import type { CopyRange, Device, DeviceMemory, MatrixProduct, Step } from '../device.ts';
import { InvalidArgumentError } from '../error.ts';
import { bindOperands, checkRange } from '../range.ts';
import type { Rule } from '../rule.ts';
import type { Operand, Slab } from '../slab.ts';
import { resolveOperand } from '../slab.ts';

/** A slab of the reference device, with its numbers in plain sight. */
export interface ArraySlab extends Slab {
  readonly values: Float32Array | Float64Array;
}

/** The reference device: every rule element by element on plain arrays. */
export interface ArrayDevice extends Device<ArraySlab> {
  readonly precision: 'float32' | 'float64';
}

/**
 * Creates the device that others are compared with: slow, exact and easy to look into.
 *
 * With `precision: 'float64'` nothing is ever rounded to single precision (except what `write` is given), so the
 * same optimizer code becomes its own double-precision oracle.
 *
 * @example
 * const device = createArrayDevice({ precision: 'float64' });
 * const slab = device.alloc(3);
 * slab.values.set([1, 2, 3]);
 * await device.sumOfSquares(slab); // 14
 */
export function createArrayDevice({
  precision = 'float32',
}: { readonly precision?: 'float32' | 'float64' } = {}): ArrayDevice {
  const algebra = precision === 'float32' ? float32Algebra : float64Algebra;
  const live = new Set<ArraySlab>();
  const check = (slab: ArraySlab, start: number, end: number): void => {
    if (!live.has(slab)) throw new InvalidArgumentError('The slab was freed, or belongs to another device.');
    checkRange(slab, start, end);
  };
  const sumOfSquares = (slab: ArraySlab, start: number, end: number): number => {
    check(slab, start, end);
    let sum = 0;
    for (let index = start; index < end; index++) sum += slab.values[index]! ** 2;
    return sum;
  };

  function compile<Slot extends string, Scalar extends string>(
    rule: Rule<Slot, Scalar>,
  ): Step<ArraySlab, Slot, Scalar> {
    const broadcast = new Set<Slot>(rule.broadcast);
    return {
      run(operands, scalars, length) {
        const bound = checkOperands(rule, operands, scalars, length, live);
        const rounded = {} as Record<Scalar, number>;
        for (const name of rule.scalars) rounded[name] = algebra.constant(scalars[name]);
        for (let index = 0; index < bound.length; index++) {
          const slots = {} as Record<Slot, number>;
          for (const name of rule.slots) {
            const { slab, start } = bound.slots[name];
            slots[name] = slab.values[start + (broadcast.has(name) ? 0 : index)]!;
          }
          const changed = rule.update(algebra, slots, rounded);
          for (const name of rule.slots) {
            const value = changed[name];
            if (value !== undefined) bound.slots[name].slab.values[bound.slots[name].start + index] = value;
          }
        }
      },
      dispose() {},
    };
  }

  return {
    name: `array-${precision}`,
    precision,
    compile,
    alloc(length) {
      if (!Number.isInteger(length) || length < 0) {
        throw new InvalidArgumentError(`A slab's length must be a whole number, 0 or more; got ${length}.`);
      }
      const values = precision === 'float32' ? new Float32Array(length) : new Float64Array(length);
      const slab: ArraySlab = { length, dtype: 'float32', values };
      live.add(slab);
      return slab;
    },
    free(slab) {
      check(slab, 0, 0);
      live.delete(slab);
    },
    write(slab, data, at = 0) {
      check(slab, at, at + data.length);
      slab.values.set(data, at);
    },
    async read(slab, start = 0, end = slab.length) {
      check(slab, start, end);
      return Float32Array.from(slab.values.subarray(start, end));
    },
    copy(target, source, { from = 0, to = 0, length = source.length - from }: CopyRange = {}) {
      check(source, from, from + length);
      check(target, to, to + length);
      if (target === source && from < to + length && to < from + length && length > 0) {
        throw new InvalidArgumentError('The ranges of a copy within one slab must not overlap.');
      }
      target.values.set(source.values.subarray(from, from + length), to);
    },
    sumOfSquares: async (slab, start = 0, end = slab.length) => sumOfSquares(slab, start, end),
    writeSumOfSquares(target, source, length) {
      const from = resolveOperand(source);
      const to = resolveOperand(target);
      check(to.slab, to.start, to.start + 1);
      to.slab.values[to.start] = sumOfSquares(from.slab, from.start, from.start + length);
    },
    multiply: (product) => multiply(product, check),
    memory(): DeviceMemory {
      let bytes = 0;
      for (const slab of live) bytes += slab.values.byteLength;
      return { slabs: live.size, bytes };
    },
  };
}

function checkOperands<Slot extends string, Scalar extends string>(
  rule: Rule<Slot, Scalar>,
  operands: Readonly<Record<Slot, Operand<ArraySlab>>>,
  scalars: Readonly<Record<Scalar, number>>,
  length: number | undefined,
  live: ReadonlySet<ArraySlab>,
): { slots: Record<Slot, { slab: ArraySlab; start: number }>; length: number } {
  const bound = bindOperands(rule, operands, scalars, length);
  for (const name of rule.slots) {
    if (!live.has(bound.slots[name].slab)) {
      throw new InvalidArgumentError(`Rule ${rule.name}: the slab in slot "${name}" was freed.`);
    }
  }
  return bound;
}

function multiply(
  {
    target,
    a,
    b,
    rows,
    columns,
    inner,
    transposeA,
    transposeB,
    alpha = 1,
    beta = 0,
  }: MatrixProduct<ArraySlab>,
  check: (slab: ArraySlab, start: number, end: number) => void,
): void {
  const [c, left, right] = [resolveOperand(target), resolveOperand(a), resolveOperand(b)];
  check(c.slab, c.start, c.start + rows * columns);
  check(left.slab, left.start, left.start + rows * inner);
  check(right.slab, right.start, right.start + inner * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const x = left.slab.values[left.start + (transposeA ? k * rows + row : row * inner + k)]!;
        const y = right.slab.values[right.start + (transposeB ? column * inner + k : k * columns + column)]!;
        sum += x * y;
      }
      const at = c.start + row * columns + column;
      c.slab.values[at] = alpha * sum + (beta === 0 ? 0 : beta * c.slab.values[at]!);
    }
  }
}
