import type { Algebra, Rule } from '@ds/tensor';
import { checkClose, createArrayDevice } from '@ds/tensor/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { subjects } from '../../test/backends.ts';

type Slot = 'a' | 'b' | 'c' | 'shared';
type RandomRule = Rule<Slot, 'x' | 'y'>;

/** One operation: its name, and which of the values so far it takes (modulo their number). */
interface Instruction {
  readonly operator: Exclude<keyof Algebra<unknown>, 'constant'>;
  readonly operands: readonly [number, number, number];
}

const arity = {
  abs: 1,
  sign: 1,
  sqrt: 1,
  add: 2,
  sub: 2,
  mul: 2,
  div: 2,
  max: 2,
  min: 2,
  select: 3,
} as const;
const operators = Object.keys(arity) as Instruction['operator'][];

/** What rules are made of. */
interface Ingredients {
  readonly operators: readonly Instruction['operator'][];
  readonly numbers: fc.Arbitrary<number>;
  readonly longest: number;
}

const exact: Ingredients = {
  operators,
  numbers: fc.float({ min: Math.fround(-1e6), max: Math.fround(1e6), noNaN: true }),
  longest: 12,
};

/**
 * WGSL rounds division and roots loosely, may fuse, flushes denormals and promises nothing for infinities, all of
 * which later operations would magnify. Few operations on short fractions come out exact whatever it does.
 */
const loose: Ingredients = {
  operators: operators.filter((operator) => operator !== 'div' && operator !== 'sqrt'),
  numbers: fc.integer({ min: -64, max: 64 }).map((value) => value / 16),
  longest: 4,
};

function ruleOf(instructions: readonly Instruction[], constant: number): RandomRule {
  return {
    name: ['random', ...instructions.map((one) => [one.operator, ...one.operands].join('_'))].join('__'),
    slots: ['a', 'b', 'c', 'shared'],
    broadcast: ['shared'],
    scalars: ['x', 'y'],
    update(algebra, { a, b, c, shared }, { x, y }) {
      const values = [a, b, c, shared, x, y, algebra.constant(constant)];
      for (const { operator, operands } of instructions) {
        const taken = operands.slice(0, arity[operator]).map((operand) => values[operand % values.length]!);
        const apply = algebra[operator] as (...taken: readonly (typeof a)[]) => typeof a;
        values.push(apply(...taken));
      }
      return { a: values.at(-1)!, c: values.at(-2)! };
    },
  };
}

function cases({ operators: chosen, numbers: number, longest }: Ingredients): fc.Arbitrary<{
  rule: RandomRule;
  scalars: { x: number; y: number };
  data: Float32Array;
  length: number;
}> {
  const index = fc.nat({ max: 30 });
  const instruction = fc.record({
    operator: fc.constantFrom(...chosen),
    operands: fc.tuple(index, index, index),
  });
  return fc.record({
    rule: fc
      .tuple(fc.array(instruction, { minLength: 2, maxLength: longest }), number)
      .map(([instructions, constant]) => ruleOf(instructions, constant)),
    scalars: fc.record({ x: number, y: number }),
    data: fc.array(number, { minLength: 32, maxLength: 32 }).map((values) => Float32Array.from(values)),
    length: fc.integer({ min: 0, max: 7 }),
  });
}

const slots = ['a', 'b', 'c', 'shared'] as const;

for (const { name, backend, skip, ulps, create } of subjects) {
  describe.skipIf(skip)(`random rules on ${name}`, () => {
    beforeAll(async () => {
      await tf.setBackend(backend);
    });
    it('equal the oracle', async () => {
      const device = create();
      const oracle = createArrayDevice();
      await fc.assert(
        fc.asyncProperty(cases(ulps === 0 ? exact : loose), async ({ rule, scalars, data, length }) => {
          // All slots are ranges of one slab, as far apart as is legal.
          const slab = device.alloc(data.length);
          const reference = oracle.alloc(data.length);
          device.write(slab, data);
          oracle.write(reference, data);
          const at = <S>(whole: S): Record<Slot, { slab: S; start: number }> =>
            Object.fromEntries(
              slots.map((slot, index) => [slot, { slab: whole, start: 7 * index }]),
            ) as never;
          device.compile(rule).run(at(slab), scalars, length);
          oracle.compile(rule).run(at(reference), scalars, length);
          const actual = await device.read(slab);
          device.free(slab);
          checkClose('slots', actual, reference.values, ulps);
        }),
        { numRuns: backend === 'webgpu' ? 25 : 150 },
      );
    });
  });
}
