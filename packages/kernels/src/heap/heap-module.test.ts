import { UnavailableError } from '@ds/tensor';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ordinaryNumbers, specialNumbers } from '../../test/numbers.ts';
import type { HeapModule } from './heap-module.ts';
import { instantiateHeapModule, relaxedSimdAvailable } from './heap-module.ts';

const guard = Math.fround(1234.5678);

/** Runs a kernel on a source, at an odd address, and returns a target with guard numbers around it. */
function runOn(
  source: ArrayLike<number>,
  targetLength: number,
  kernel: (module: HeapModule, target: number, source: number, numbers: Float32Array) => void,
): Float32Array {
  const pages = Math.ceil(((source.length + targetLength) * 4 + 4096) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages });
  const numbers = new Float32Array(memory.buffer).fill(guard);
  const from = targetLength + 9;
  numbers.set(source, from);
  kernel(instantiateHeapModule(memory, { relaxedSimd: false }), 5 * 4, from * 4, numbers);
  expect([...numbers.subarray(0, 5), ...numbers.subarray(5 + targetLength, from)]).toEqual(
    Array.from({ length: 9 }, () => guard),
  );
  return numbers.slice(5, 5 + targetLength);
}

describe('segmentSum', () => {
  test('adds rows to the segments they name, and drops rows that name none', () => {
    const ids = fc.array(fc.integer({ min: -2, max: 6 }), { maxLength: 20 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 0, max: 13 }), (segmentIds, width) => {
        const source = ordinaryNumbers(segmentIds.length * width, 1);
        const expected = new Float32Array(5 * width);
        for (const [i, id] of segmentIds.entries()) {
          if (id < 0 || id >= 5) continue;
          for (let j = 0; j < width; j++) expected[id * width + j]! += source[i * width + j]!;
        }
        const actual = runOn(source, expected.length, (module, target, from, numbers) => {
          const at = numbers.length - 64;
          new Int32Array(numbers.buffer).set(segmentIds, at);
          module.segmentSum(target, from, at * 4, segmentIds.length, width, 5);
        });
        // Rows are added in order, so the bits are those of the plain loop.
        expect(actual).toEqual(expected);
      }),
    );
  });
});

describe('sumMiddle', () => {
  test('sums the middle of three axes', () => {
    const size = fc.integer({ min: 0, max: 70 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        size,
        fc.integer({ min: 1, max: 9 }),
        (outer, middle, inner) => {
          const source = ordinaryNumbers(outer * middle * inner, 2);
          const actual = runOn(source, outer * inner, (module, target, from) =>
            module.sumMiddle(target, from, outer, middle, inner),
          );
          for (const [i, value] of actual.entries()) {
            const terms = Array.from({ length: middle }, (_, j) => {
              const row = Math.floor(i / inner) * middle + j;
              return source[row * inner + (i % inner)]!;
            });
            const exact = terms.reduce((sum, term) => sum + term, 0);
            const bound = 2 ** -24 * middle * terms.reduce((sum, term) => sum + Math.abs(term), 0);
            expect(Math.abs(value - exact)).toBeLessThanOrEqual(bound);
          }
        },
      ),
    );
  });

  test('NaN and Infinity come through', () => {
    const sum = (...values: number[]): number | undefined =>
      runOn(values, 1, (module, target, from) => module.sumMiddle(target, from, 1, values.length, 1))[0];
    const ones = Array.from({ length: 33 }, () => 1);
    expect(sum(...ones, Number.NaN)).toBeNaN();
    expect(sum(Number.POSITIVE_INFINITY, ...ones)).toBe(Number.POSITIVE_INFINITY);
    expect(sum(Number.POSITIVE_INFINITY, ...ones, Number.NEGATIVE_INFINITY)).toBeNaN();
  });
});

/** Distance in units in the last place of the expected float32. */
function ulps(actual: number, exact: number): number {
  const expected = Math.fround(exact);
  if (Object.is(actual, expected)) return 0;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(expected))), -126);
  return Math.abs(actual - exact) / 2 ** (exponent - 23);
}

describe('tanhAll', () => {
  const evenly = Float32Array.from({ length: 400_001 }, (_, i) => (i - 200_000) / 20_000);
  const manySizes = Float32Array.from({ length: 60_001 }, (_, i) => 2 ** ((i - 50_000) / 400));
  const tanhOf = (source: Float32Array): Float32Array =>
    runOn(source, source.length, (module, target, from) => module.tanhAll(target, from, source.length));

  test.each([
    ['evenly spaced', evenly],
    ['of every size', manySizes],
    ['special', Float32Array.from(specialNumbers)],
  ])('is within 3 units in the last place of Math.tanh for numbers %s', (_, source) => {
    const actual = tanhOf(source);
    let worst = 0;
    for (const [i, x] of source.entries()) worst = Math.max(worst, ulps(actual[i]!, Math.tanh(x)));
    expect(worst).toBeLessThanOrEqual(3);
  });

  test('is odd, keeps the sign of zero, and treats a tail like the rest', () => {
    const source = evenly.subarray(200_000, 200_103);
    const negative = tanhOf(source.map((x) => -x));
    expect(negative).toEqual(tanhOf(source).map((y) => -y));
    expect(Array.from(source, (x) => tanhOf(Float32Array.of(x))[0])).toEqual([...tanhOf(source)]);
  });
});

describe('powerAll', () => {
  test.each([2, 3, 4])(
    'to the power of %i is within 2 units in the last place, and exact for integers',
    (exponent) => {
      const integers = Array.from({ length: 65 }, (_, i) => i - 32);
      const source = Float32Array.from([...specialNumbers, ...integers, ...ordinaryNumbers(999, 7)]);
      const actual = runOn(source, source.length, (module, target, from) =>
        module.powerAll(target, from, source.length, exponent),
      );
      for (const [i, x] of source.entries()) {
        const expected = x ** exponent;
        const tolerance = Number.isInteger(x) && Math.abs(x) <= 32 ? 0 : 2;
        const distance = Number.isNaN(expected)
          ? Number(!Number.isNaN(actual[i]!))
          : ulps(actual[i]!, expected);
        expect(distance, `${x}`).toBeLessThanOrEqual(tolerance);
      }
    },
  );
});

describe('instantiateHeapModule', () => {
  afterEach(() => vi.restoreAllMocks());

  test('refuses relaxed SIMD where there is none, and does without where it is not asked for', async () => {
    vi.resetModules();
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    const fresh = await import('./heap-module.ts');
    const memory = new WebAssembly.Memory({ initial: 1 });
    expect(fresh.relaxedSimdAvailable()).toBe(false);
    expect(() => fresh.instantiateHeapModule(memory, { relaxedSimd: true })).toThrow(
      /Relaxed WebAssembly SIMD was asked for.*Leave `relaxedSimd` out/,
    );
    expect(fresh.instantiateHeapModule(memory).gemmScratchBytes(1, 1, 1, 0)).toBeGreaterThan(0);
  });

  test('says so when the environment has no SIMD at all', async () => {
    vi.resetModules();
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    vi.spyOn(WebAssembly, 'Module').mockImplementation(function refuse() {
      throw new WebAssembly.CompileError('invalid opcode');
    });
    const fresh = await import('./heap-module.ts');
    const attempt = (): unknown => fresh.instantiateHeapModule(new WebAssembly.Memory({ initial: 1 }));
    expect(attempt).toThrow(expect.toSatisfy(UnavailableError.isInstance.bind(UnavailableError)));
    expect(attempt).toThrow(/heap kernels/);
  });

  test('knows what this Node can do', () => {
    const major = Number(process.versions.node.split('.')[0]);
    expect(relaxedSimdAvailable()).toBe(major >= 22);
  });
});
