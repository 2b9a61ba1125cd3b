import { createRandom } from '@ds/tensor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleOrder } from './sampler.ts';

describe('sampleOrder', () => {
  it('is a permutation that depends on nothing but the seed', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer(), (length, seed) => {
        const order = sampleOrder(length, createRandom(seed));
        expect(order).toHaveLength(length);
        expect(new Set(order)).toEqual(new Set(Array.from({ length }, (_, index) => index)));
        expect(sampleOrder(length, createRandom(seed))).toEqual(order);
      }),
    );
  });

  it('has every order of three equally often', () => {
    const random = createRandom(1);
    const counts = new Map<string, number>();
    const draws = 6000;
    for (let draw = 0; draw < draws; draw++) {
      const order = sampleOrder(3, random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Five degrees of freedom: a chi-square above 20.5 has probability 0.001.
    const expected = draws / 6;
    const chiSquare = [...counts.values()].reduce(
      (sum, count) => sum + (count - expected) ** 2 / expected,
      0,
    );
    expect(chiSquare).toBeLessThan(20.5);
  });

  it('deals every element to some rank, and equally many to each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 6 }), (length, ranks) => {
        const shares = Array.from({ length: ranks }, (_, rank) => [
          ...sampleOrder(length, createRandom(3), { rank, ranks }),
        ]);
        expect(new Set(shares.map((share) => share.length)).size).toBe(1);
        expect(new Set(shares.flat()).size).toBe(length);
        expect(shares.flat().length - length).toBeLessThan(ranks);
      }),
    );
  });
});
