import type { Algebra, Rule } from '@ds/tensor';
import fc from 'fast-check';
import { specialNumbers } from './numbers.ts';

const operations: Readonly<Record<Exclude<keyof Algebra<unknown>, 'constant'>, 1 | 2 | 3>> = {
  add: 2,
  sub: 2,
  mul: 2,
  div: 2,
  sqrt: 1,
  abs: 1,
  sign: 1,
  max: 2,
  min: 2,
  select: 3,
};
export type Operation = keyof typeof operations;
export const allOperations = Object.keys(operations) as readonly Operation[];

function apply<T>(algebra: Algebra<T>, operation: Operation, a: T, b: T, c: T): T {
  if (operations[operation] === 1) return algebra[operation as 'abs'](a);
  if (operations[operation] === 2) return algebra[operation as 'add'](a, b);
  return algebra[operation as 'select'](a, b, c);
}

/** Writes one operation on the slots a, b and c to the slot result. */
export function ruleOf(operation: Operation): Rule {
  return {
    name: operation,
    slots: ['a', 'result', 'b', 'c'],
    scalars: [],
    update: (algebra, { a, b, c }) => ({ result: apply(algebra, operation, a!, b!, c!) }),
  };
}

/** Random expressions over one to six slots, some broadcast, up to three scalars, and constants. */
const anyRule: fc.Arbitrary<Rule> = fc
  .record({
    slots: fc.integer({ min: 1, max: 6 }),
    broadcastMask: fc.nat(63),
    scalars: fc.nat(3),
    constants: fc.array(fc.constantFrom(...specialNumbers), { maxLength: 3 }),
    instructions: fc.array(
      fc.tuple(fc.constantFrom(...allOperations), fc.nat(1000), fc.nat(1000), fc.nat(1000)),
      { minLength: 1, maxLength: 20 },
    ),
    results: fc.array(fc.option(fc.nat(1000), { nil: undefined }), { minLength: 6, maxLength: 6 }),
  })
  .map(({ broadcastMask, constants, instructions, results, ...counts }) => {
    const slots = Array.from({ length: counts.slots }, (_, index) => `slot ${index}`);
    const scalars = Array.from({ length: counts.scalars }, (_, index) => `scalar ${index}`);
    const broadcast = slots.filter((_, index) => (broadcastMask >> index) & 1);
    return {
      name: 'random',
      slots,
      scalars,
      broadcast,
      update(algebra, slotValues, scalarValues) {
        const values = [
          ...slots.map((name) => slotValues[name]!),
          ...scalars.map((name) => scalarValues[name]!),
          ...constants.map((value) => algebra.constant(value)),
        ];
        const pick = (index: number) => values[index % values.length]!;
        for (const [operation, a, b, c] of instructions) {
          values.push(apply(algebra, operation, pick(a), pick(b), pick(c)));
        }
        return Object.fromEntries(
          slots.flatMap((name, index) => {
            const result = results[index];
            // Counted from the end, so that most results are long expressions.
            return broadcast.includes(name) || result === undefined
              ? []
              : [[name, values.at(-1 - (result % values.length))!]];
          }),
        );
      },
    };
  });

/** A rule with operands for up to 19 elements. */
export const anyRun: fc.Arbitrary<{
  rule: Rule;
  slots: Float32Array[];
  scalars: number[];
  length: number;
}> = anyRule.chain((rule) => {
  const value = fc.oneof(fc.constantFrom(...specialNumbers), fc.float());
  const slot = fc.array(value, { minLength: 19, maxLength: 19 }).map((values) => Float32Array.from(values));
  return fc.record({
    rule: fc.constant(rule),
    slots: fc.tuple(...rule.slots.map(() => slot)),
    scalars: fc.tuple(...rule.scalars.map(() => value)),
    length: fc.nat(19),
  });
});
