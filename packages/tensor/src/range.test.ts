import { expect, it } from 'vitest';
import { bindOperands } from './range.ts';
import { everyOperation } from './testing/rules.ts';

const slab = (length: number): { length: number; dtype: 'float32' } => ({ length, dtype: 'float32' });

it('takes the length from the first operand that is not broadcast', () => {
  const rule = { ...everyOperation, slots: ['factor', 'a', 'b', 'c'] as const };
  const operands = { factor: slab(1), a: { slab: slab(9), start: 2 }, b: slab(8), c: slab(7) };
  expect(bindOperands(rule, operands, { threshold: 0 }).length).toBe(7);
});

it('names the rule, the slot and what was given', () => {
  const operands = { a: slab(2), b: slab(2), factor: slab(1) } as never;
  expect(() => bindOperands(everyOperation, operands, { threshold: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: Rule every_operation needs a slab for slot "c"; given: a, b, factor.]`,
  );
});

it('names the range that does not fit', () => {
  const operands = { a: slab(4), b: slab(3), c: slab(4), factor: slab(1) };
  expect(() => bindOperands(everyOperation, operands, { threshold: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: The range [0, 4) is not within a slab of 3 elements.]`,
  );
});
