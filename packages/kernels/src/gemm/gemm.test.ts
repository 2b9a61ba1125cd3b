import { InvalidArgumentError } from '@ds/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiplyOracle } from '../../test/gemm-oracle.ts';
import { multiplyInMemory } from '../../test/gemm-run.ts';
import type { GemmCase } from '../../test/gemm-run.ts';
import { ordinaryNumbers } from '../../test/numbers.ts';
import { instantiateHeapModule, relaxedSimdAvailable } from '../heap/heap-module.ts';
import { createScratch } from '../heap/heap.ts';
import { isGemmActivation, multiplyInHeap } from './gemm.ts';

if (!relaxedSimdAvailable()) console.log('Tests of the relaxed SIMD build are skipped: not available here.');

const flags = [false, true];
const transposes = flags.flatMap((transposeA) => flags.map((transposeB) => ({ transposeA, transposeB })));

/** The largest distance from the oracle in units of what rounding each term and each sum once can add up to. */
function worstError(gemm: GemmCase): number {
  const actual = multiplyInMemory(gemm);
  const { values, sizes } = multiplyOracle(gemm);
  expect(actual).toHaveLength(values.length);
  let worst = 0;
  for (const [i, value] of actual.entries()) {
    // One rounding for each product and sum, one for alpha, and a product and a sum each for beta and bias.
    const bound = 2 ** -24 * (gemm.inner + 6) * sizes[i]!;
    const error = Math.abs(value - values[i]!);
    if (!(error <= bound)) worst = Math.max(worst, bound === 0 ? Number.POSITIVE_INFINITY : error / bound);
  }
  return worst;
}

function gemmCase(rows: number, columns: number, inner: number, rest: Partial<GemmCase> = {}): GemmCase {
  const count = (batches: readonly number[] = []): number =>
    batches.reduce((product, size) => product * size, 1);
  const a = ordinaryNumbers(count(rest.batchesA) * rows * inner, rows + inner);
  const b = ordinaryNumbers(count(rest.batchesB) * inner * columns, columns);
  return { rows, columns, inner, a, b, relaxedSimd: false, ...rest };
}

describe.each(flags)('multiplyInHeap, relaxed SIMD: %s', (relaxedSimd) => {
  describe.skipIf(relaxedSimd && !relaxedSimdAvailable())('against float64', () => {
    test.each(transposes)('every mixture of edges, $transposeA $transposeB', (transpose) => {
      const sizes = [1, 3, 4, 5, 7, 8, 9, 31, 33];
      const shapes = sizes.flatMap((rows) =>
        sizes.flatMap((columns) => sizes.map((inner) => [rows, columns, inner] as const)),
      );
      const wrong = shapes.filter(
        (shape) => worstError(gemmCase(...shape, { ...transpose, relaxedSimd })) > 0,
      );
      expect(wrong).toEqual([]);
    });

    const blocked = [
      [64, 64, 64],
      [129, 129, 129],
      [128, 512, 512],
      [131, 520, 9],
      [260, 17, 515],
      [3, 1030, 40],
      [5, 9, 1030],
      [1, 513, 1025],
    ] as const;
    test.each(transposes)('several blocks, $transposeA $transposeB', (transpose) => {
      for (const [rows, columns, inner] of blocked) {
        const given = gemmCase(rows, columns, inner, { ...transpose, relaxedSimd });
        expect(worstError(given), `${rows} x ${columns} x ${inner}`).toBe(0);
        const full: Partial<GemmCase> = { alpha: -0.5, beta: 2, bias: ordinaryNumbers(columns, 3) };
        expect(worstError({ ...given, ...full, activation: 'leakyrelu' }), 'finished').toBe(0);
      }
    });

    test('any product', () => {
      const size = fc.integer({ min: 0, max: 40 });
      const activation = fc.constantFrom('linear', 'relu', 'relu6', 'leakyrelu');
      const batches = fc.array(fc.constantFrom([1, 1], [1, 3], [3, 1], [2, 2], [0, 1], [0, 0]), {
        maxLength: 2,
      });
      const scale = fc.constantFrom(0, 1, -0.75, 3);
      const anyCase = fc.record({
        rows: size,
        columns: size,
        inner: size,
        activation,
        batches,
        alpha: scale,
      });
      const rest = fc.record({ transposeA: fc.boolean(), transposeB: fc.boolean(), beta: scale });
      fc.assert(
        fc.property(anyCase, rest, fc.boolean(), ({ batches: pairs, ...given }, more, withBias) => {
          const built = gemmCase(given.rows, given.columns, given.inner, {
            ...given,
            ...more,
            relaxedSimd,
            batchesA: pairs.map(([a]) => a!),
            batchesB: pairs.map(([, b]) => b!),
            bias: withBias ? ordinaryNumbers(given.columns, 5) : undefined,
          });
          expect(worstError(built)).toBe(0);
        }),
        { numRuns: 300 },
      );
    });

    test.each(transposes)(
      'NaN and Infinity reach just the elements they reach in a plain loop',
      (transpose) => {
        const kinds = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
        for (const [rows, columns, inner] of [
          [1, 1, 1],
          [5, 9, 3],
          [4, 8, 4],
          [33, 17, 530],
        ] as const) {
          for (const activation of ['linear', 'relu', 'relu6', 'leakyrelu'] as const) {
            const given = gemmCase(rows, columns, inner, { ...transpose, relaxedSimd, activation });
            for (const [i, kind] of kinds.entries()) {
              given.a[(i * 37) % given.a.length] = kind;
              given.b[(i * 53 + 1) % given.b.length] = kind;
            }
            const expected = multiplyOracle(given).values;
            const special = (value: number): number | undefined =>
              Number.isFinite(value) ? undefined : value;
            expect(Array.from(multiplyInMemory(given), special)).toEqual(Array.from(expected, special));
          }
        }
      },
    );

    test('is the same bits before and after the engine has optimized the code', () => {
      const given = gemmCase(64, 64, 64, { relaxedSimd });
      const first = multiplyInMemory(given);
      for (let i = 0; i < 300; i++) multiplyInMemory(given);
      expect(multiplyInMemory(given)).toEqual(first);
    });

    test('is the same bits in shared memory, at any address, in any batch and for any number of rows', () => {
      const given = gemmCase(13, 21, 600, { relaxedSimd });
      const alone = multiplyInMemory(given);
      expect(multiplyInMemory({ ...given, shared: true })).toEqual(alone);
      expect(multiplyInMemory({ ...given, misaligned: 3 })).toEqual(alone);
      const threeRows = multiplyInMemory({ ...given, rows: 3, a: given.a.subarray(0, 3 * 600) });
      expect(threeRows).toEqual(alone.subarray(0, 3 * 21));
      const twice = new Float32Array([...given.a, ...given.a]);
      const batched = multiplyInMemory({ ...given, a: twice, batchesA: [2] });
      expect(batched).toEqual(new Float32Array([...alone, ...alone]));
    });
  });
});

test.each(transposes)(
  'reads nothing after an operand where the memory ends, $transposeA $transposeB',
  (transpose) => {
    for (const [rows, columns, inner] of [
      [3, 5, 3],
      [1, 9, 7],
      [5, 13, 6],
      [2, 8, 1],
    ] as const) {
      const given = gemmCase(rows, columns, inner, transpose);
      for (const lastOperand of ['a', 'b'] as const) {
        const memory = new WebAssembly.Memory({ initial: 2 });
        const numbers = new Float32Array(memory.buffer);
        const scratch = createScratch({ memory, allocate: () => 64, free() {} });
        const before = lastOperand === 'a' ? 'b' : 'a';
        const last = numbers.length - given[lastOperand].length;
        const starts = { [lastOperand]: last, [before]: last - given[before].length };
        numbers.set(given.a, starts['a']);
        numbers.set(given.b, starts['b']);
        const [target, a, b] = [65_536, starts['a']! * 4, starts['b']! * 4];
        const module = instantiateHeapModule(memory, { relaxedSimd: false });
        multiplyInHeap(module, scratch, { rows, columns, inner, ...transpose, target, a, b });
        expect(numbers.slice(target / 4, target / 4 + rows * columns)).toEqual(multiplyInMemory(given));
      }
    }
  },
);

test('beta 0 ignores what the target held, even NaN', () => {
  const before = new Float32Array(6).fill(Number.NaN);
  expect(worstError({ ...gemmCase(2, 3, 4), alpha: 0.5, before })).toBe(0);
});

test('batches that do not fit are refused', () => {
  const given = gemmCase(2, 2, 2, { batchesA: [2], batchesB: [3] });
  expect(() => multiplyInMemory(given)).toThrow(InvalidArgumentError);
  expect(() => multiplyInMemory(given)).toThrow('Batches of shape [2] and [3] cannot be multiplied');
});

test('isGemmActivation knows the four and nothing that every object has', () => {
  expect(['linear', 'relu', 'relu6', 'leakyrelu'].every(isGemmActivation)).toBe(true);
  expect(['elu', 'toString', ''].some(isGemmActivation)).toBe(false);
});
