import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from './random.ts';

it('gives the same numbers for the same seed, others for another', () => {
  const draw = (seed: number): number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 5 }, () => random.uniform());
  };
  expect(draw(42)).toEqual(draw(42));
  expect(draw(42)).not.toEqual(draw(43));
  expect(draw(2 ** 32)).not.toEqual(draw(0));
});

it('continues from a saved state, through JSON', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: 50 }), (seed, before) => {
      const random = createRandom(seed);
      for (let count = 0; count < before; count++) random.normal();
      const saved = JSON.parse(JSON.stringify(random.state())) as ReturnType<typeof random.state>;
      const expected = [random.uniform(), random.normal(), random.integer(7)];
      const other = createRandom(0);
      other.restore(saved);
      expect([other.uniform(), other.normal(), other.integer(7)]).toEqual(expected);
    }),
  );
});

it('is uniform: 16 bins of 160,000 draws pass a chi-squared test at 1 in 10,000', () => {
  const random = createRandom(1);
  const bins = new Array<number>(16).fill(0);
  for (let count = 0; count < 160_000; count++) bins[Math.floor(random.uniform() * 16)]! += 1;
  const chiSquared = bins.reduce((sum, bin) => sum + (bin - 10_000) ** 2 / 10_000, 0);
  // Quantile 0.9999 of chi-squared with 15 degrees of freedom.
  expect(chiSquared).toBeLessThan(44.3);
});

it('is normal: mean, variance and fourth moment of 200,000 draws', () => {
  const random = createRandom(2);
  const draws = Array.from({ length: 200_000 }, () => random.normal());
  const moment = (power: number): number => draws.reduce((sum, x) => sum + x ** power, 0) / draws.length;
  // Five standard errors each: sqrt(1/n), sqrt(2/n), sqrt(96/n).
  expect(Math.abs(moment(1))).toBeLessThan(0.012);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.016);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.11);
});

it('draws integers below a bound, all of them', () => {
  const random = createRandom(3);
  const seen = new Set(Array.from({ length: 500 }, () => random.integer(7)));
  expect([...seen].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

it('refuses a seed that is not a whole number', () => {
  expect(() => createRandom(0.5)).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: A seed must be a whole number, got 0.5.]`,
  );
});
