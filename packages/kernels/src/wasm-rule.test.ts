import type { Rule } from '@ds/tensor';
import { float32Algebra, InvalidArgumentError, UnavailableError } from '@ds/tensor';
import { adamWRule, adamWScalars, everyOperation } from '@ds/tensor/testing';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { runInMemory } from '../test/memory.ts';
import { bitDifference, ordinaryNumbers, specialNumbers } from '../test/numbers.ts';
import { runOracle } from '../test/oracle.ts';
import { allOperations, anyRun, ruleOf } from '../test/rules.ts';
import { instantiateRule, wasmModule, wasmSimdAvailable } from './index.ts';

const adamWNumbers = Object.values(adamWScalars(3));

describe('instantiateRule', () => {
  test.each(allOperations)(
    '%s gives the bits of float32 arithmetic for every kind of number',
    (operation) => {
      const triples = specialNumbers.flatMap((a) =>
        specialNumbers.flatMap((b) => specialNumbers.map((c) => [a, b, c] as const)),
      );
      const [a, b, c] = [0, 1, 2].map((index) => Float32Array.from(triples, (triple) => triple[index]!));
      const rule = ruleOf(operation);
      const slots = [a!, new Float32Array(a!.length), b!, c!];
      const expected = runOracle(rule, slots, [], a!.length);
      const inLoop = runInMemory(rule, slots, [], a!.length);
      for (const slot of slots.keys()) expect(bitDifference(inLoop[slot]!, expected[slot]!)).toBeUndefined();

      const memory = new WebAssembly.Memory({ initial: 1 });
      const numbers = new Float32Array(memory.buffer);
      const { run } = instantiateRule(rule, memory);
      const inTail = Float32Array.from(triples, ([x, y, z]) => {
        numbers.set([x, Number.NaN, y, z]);
        run([0, 4, 8, 12], [], 1);
        return numbers[1]!;
      });
      expect(bitDifference(inTail, expected[1]!)).toBeUndefined();
    },
  );

  test.each([0, 1, 3, 4, 5, 7, 8, 1023, 1_000_000])('AdamW over %i elements equals the oracle', (length) => {
    const slots = [1, 2, 3, 4].map((seed) => ordinaryNumbers(length + 5, seed));
    slots[3] = slots[3]!.map(Math.abs);
    const expected = runOracle(adamWRule, slots, adamWNumbers, length);
    const actual = runInMemory(adamWRule, slots, adamWNumbers, length);
    for (const slot of slots.keys()) expect(bitDifference(actual[slot]!, expected[slot]!)).toBeUndefined();
  });

  test.each([0, 1, 2, 3])('slots may lie %i elements off a vector boundary', (misaligned) => {
    const slots = [1, 2, 3, 4].map((seed) => ordinaryNumbers(22, seed));
    const expected = runOracle(everyOperation, slots, [0.25], 22);
    const actual = runInMemory(everyOperation, slots, [0.25], 22, { misaligned });
    for (const slot of slots.keys()) expect(bitDifference(actual[slot]!, expected[slot]!)).toBeUndefined();
  });

  test('random rules equal the oracle', () => {
    fc.assert(
      fc.property(anyRun, ({ rule, slots, scalars, length }) => {
        const expected = runOracle(rule, slots, scalars, length);
        const actual = runInMemory(rule, slots, scalars, length);
        return slots.every((_, slot) => bitDifference(actual[slot]!, expected[slot]!) === undefined);
      }),
      { numRuns: 1000 },
    );
  });

  test('runs on a shared memory too', () => {
    const slots = [1, 2, 3, 4].map((seed) => ordinaryNumbers(9, seed));
    const expected = runOracle(everyOperation, slots, [0.25], 9);
    const actual = runInMemory(everyOperation, slots, [0.25], 9, { shared: true });
    for (const slot of slots.keys()) expect(bitDifference(actual[slot]!, expected[slot]!)).toBeUndefined();
  });

  test('runs on a memory that has grown', () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { run } = instantiateRule(ruleOf('abs'), memory);
    memory.grow(1);
    const numbers = new Float32Array(memory.buffer);
    numbers[20_000] = -7;
    run([80_000, 80_004, 0, 0], [], 1);
    expect(numbers[20_001]).toBe(7);
  });

  test('compiles a rule once for all memories', () => {
    const rule = ruleOf('abs');
    const compile = vi.spyOn(WebAssembly, 'Module');
    instantiateRule(rule, new WebAssembly.Memory({ initial: 1 }));
    instantiateRule(rule, new WebAssembly.Memory({ initial: 1 }));
    expect(compile).toHaveBeenCalledTimes(1);
    compile.mockRestore();
  });

  test('rounds scalars to float32 once', () => {
    const rule: Rule = {
      name: 'fill',
      slots: ['a'],
      scalars: ['s'],
      update: (_, __, { s }) => ({ a: s! }),
    };
    expect([...runInMemory(rule, [new Float32Array(5)], [0.1], 5)[0]!]).toEqual(
      Array(5).fill(float32Algebra.constant(0.1)),
    );
  });

  test('says what is missing', () => {
    const { run } = instantiateRule(everyOperation, new WebAssembly.Memory({ initial: 1 }));
    expect(() => run([0, 4], [1], 1)).toThrow(
      new InvalidArgumentError(
        'Rule every_operation needs 4 addresses (a, b, c, factor) and 1 scalars (threshold); got 2 and 1.',
      ),
    );
    expect(() => run([0, 4, 8, 12], [], 1)).toThrow(InvalidArgumentError);
  });

  test('traps when a range leaves the memory', () => {
    const { run } = instantiateRule(ruleOf('abs'), new WebAssembly.Memory({ initial: 1 }));
    expect(() => run([65_532, 0, 0, 0], [], 2)).toThrow(WebAssembly.RuntimeError);
  });

  test('says what to do when the environment refuses the module', () => {
    const compile = vi.spyOn(WebAssembly, 'Module').mockImplementation(function refuse() {
      throw new RangeError('the buffer size is larger than 4KB');
    });
    expect(() => instantiateRule(ruleOf('sign'), new WebAssembly.Memory({ initial: 1 }))).toThrow(
      UnavailableError,
    );
    compile.mockRestore();
  });
});

describe('wasmModule', () => {
  test('is small: AdamW takes less than 600 bytes', () => {
    expect(wasmModule(adamWRule).length).toBeLessThan(600);
  });

  test('imports a memory and exports run', () => {
    const module = new WebAssembly.Module(wasmModule(adamWRule));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    expect(WebAssembly.Module.exports(module)).toEqual([{ name: 'run', kind: 'function' }]);
  });

  test('computes what is the same for all elements outside of the loop', () => {
    const vectorSquareRoot = '253,227,1';
    const module = (broadcast: string[]): string =>
      wasmModule({
        name: 'scale',
        slots: ['a', 'b'],
        broadcast,
        scalars: [],
        update: ({ mul, sqrt }, { a, b }) => ({ a: mul(a!, sqrt(b!)) }),
      }).join();
    expect(module([])).toContain(vectorSquareRoot);
    expect(module(['b'])).not.toContain(vectorSquareRoot);
  });

  test('stays valid when a rule has hundreds of slots, scalars and constants', () => {
    const names = Array.from({ length: 200 }, (_, index) => `n${index}`);
    const rule: Rule = {
      name: 'large',
      slots: names,
      scalars: names,
      update: ({ add, mul, constant }, slots, scalars) => ({
        n0: names
          .map((name, index) => mul(constant(index), mul(slots[name]!, scalars[name]!)))
          .reduce((sum, term) => add(sum, term)),
      }),
    };
    const slots = names.map((_, seed) => ordinaryNumbers(6, seed));
    const scalars = names.map((_, index) => index / 7);
    expect(
      bitDifference(runInMemory(rule, slots, scalars, 6)[0]!, runOracle(rule, slots, scalars, 6)[0]!),
    ).toBeUndefined();
  });
});

test('wasmSimdAvailable is true in Node', () => {
  expect(wasmSimdAvailable()).toBe(true);
});
