import { InvalidArgumentError } from '@ds/tensor';
import { adamWRule, adamWScalars, everyOperation } from '@ds/tensor/testing';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bitDifference, ordinaryNumbers } from '../test/numbers.ts';
import { runOracle } from '../test/oracle.ts';
import { anyRun } from '../test/rules.ts';
import { createChunkRule, createStagedRule } from './index.ts';

const adamWNumbers = Object.values(adamWScalars(3));

describe.each([
  ['createStagedRule', createStagedRule],
  ['createChunkRule', createChunkRule],
])('%s', (_, create) => {
  test.each([0, 1, 3, 4, 5, 1023, 8191, 8192, 8193, 1_000_000])(
    'AdamW over %i elements equals the oracle',
    (length) => {
      const slots = [1, 2, 3, 4].map((seed) => ordinaryNumbers(length + 3, seed));
      slots[3] = slots[3]!.map(Math.abs);
      const expected = runOracle(adamWRule, slots, adamWNumbers, length);
      create(adamWRule).run(
        slots.map((values) => ({ values, start: 0 })),
        adamWNumbers,
        length,
      );
      for (const slot of slots.keys()) expect(bitDifference(slots[slot]!, expected[slot]!)).toBeUndefined();
    },
  );

  test('random rules equal the oracle', () => {
    fc.assert(
      fc.property(anyRun, ({ rule, slots, scalars, length }) => {
        const expected = runOracle(rule, slots, scalars, length);
        create(rule).run(
          slots.map((values) => ({ values, start: 0 })),
          scalars,
          length,
        );
        return slots.every((values, slot) => bitDifference(values, expected[slot]!) === undefined);
      }),
      { numRuns: 500 },
    );
  });

  test('runs on ranges of one array, and again with other lengths, and leaves the rest alone', () => {
    const length = 9000;
    const pool = ordinaryNumbers(4 * length + 10, 7);
    const starts = [3, length + 4, 2 * length + 5, 3 * length + 6];
    const slots = starts.map((start) => pool.slice(start, start + length));
    const rule = create(everyOperation);
    const run = (count: number) => {
      const results = runOracle(everyOperation, slots, [0.25], count);
      for (const [slot, values] of results.entries()) slots[slot]!.set(values);
      rule.run(
        starts.map((start) => ({ values: pool, start })),
        [0.25],
        count,
      );
    };
    const before = pool.slice();
    run(length);
    run(3);
    run(1500);
    for (const [slot, start] of starts.entries()) before.set(slots[slot]!, start);
    expect(bitDifference(pool, before)).toBeUndefined();
  });

  test('checks what it is given', () => {
    const { run } = create(everyOperation);
    const slot = { values: new Float32Array(8), start: 0 };
    expect(() => run([slot], [1], 1)).toThrow(
      new InvalidArgumentError(
        'Rule every_operation needs 4 slots (a, b, c, factor) and 1 scalars (threshold); got 1 and 1.',
      ),
    );
    expect(() => run([slot, { ...slot, start: 5 }, slot, slot], [1], 4)).toThrow(
      new InvalidArgumentError(
        'Rule every_operation: the range [5, 9) of slot "b" is not within an array of 8 elements.',
      ),
    );
    expect(() => run([slot, slot, slot, { ...slot, start: 8 }], [1], 4)).toThrow('[8, 9) of slot "factor"');
    expect(() => run([slot, slot, slot, slot], [1], -1)).toThrow(InvalidArgumentError);
    expect(() => run([slot, slot, slot, slot], [1], 1.5)).toThrow(InvalidArgumentError);
  });
});

describe('without WebAssembly', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  test('createStagedRule interprets the rule', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    const kernels = await import('./index.ts');
    expect(kernels.wasmSimdAvailable()).toBe(false);
    const slots = [1, 2, 3, 4].map((seed) => ordinaryNumbers(10, seed));
    const expected = runOracle(everyOperation, slots, [0.25], 10);
    kernels.createStagedRule(everyOperation).run(
      slots.map((values) => ({ values, start: 0 })),
      [0.25],
      10,
    );
    for (const slot of slots.keys()) expect(bitDifference(slots[slot]!, expected[slot]!)).toBeUndefined();
  });
});
