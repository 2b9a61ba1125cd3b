import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evenCounts } from './even-counts.ts';

it('adds up, differs by at most one, and gives more to the first', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 50 }), (length, ranks) => {
      const counts = evenCounts(length, ranks);
      expect(counts).toHaveLength(ranks);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(length);
      expect(counts[0]! - counts.at(-1)!).toBeLessThanOrEqual(1);
      expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    }),
  );
});
