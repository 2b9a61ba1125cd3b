import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrow, widen } from './half.ts';

const patterns = Uint16Array.from({ length: 2 ** 16 }, (_, pattern) => pattern);

/** The runtime's own half floats (ES2025), where it has them: an oracle that we did not write. */
const { Float16Array: Float16 } = globalThis as unknown as {
  readonly Float16Array: (new (buffer: ArrayBufferLike) => Iterable<number>) & {
    from(values: Iterable<number>): { readonly buffer: ArrayBuffer };
  };
};

describe('float16', () => {
  it('widens every pattern as the runtime does', () => {
    const wide = new Float32Array(patterns.length);
    widen(patterns, wide, 'float16');
    expect(wide).toEqual(Float32Array.from(new Float16(patterns.buffer)));
  });

  it('narrows as the runtime does', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const narrowed = new Uint16Array(1);
        narrow(Float32Array.of(value), narrowed, 'float16');
        expect(narrowed).toEqual(new Uint16Array(Float16.from([value]).buffer));
      }),
      { numRuns: 2000 },
    );
  });

  it('narrows what lies between two neighbours to the even one', () => {
    const middles = Float32Array.of(
      65_519.996,
      65_520,
      -65_520,
      2 ** -25,
      3 * 2 ** -25,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      2 ** -14 - 2 ** -25,
    );
    const narrowed = new Uint16Array(middles.length);
    narrow(middles, narrowed, 'float16');
    expect(narrowed).toEqual(new Uint16Array(Float16.from(middles).buffer));
  });

  it('keeps what is not a number', () => {
    const narrowed = new Uint16Array(1);
    narrow(Float32Array.of(Number.NaN), narrowed, 'float16');
    expect(narrowed[0]! & 0x7fff).toBeGreaterThan(0x7c00);
  });
});

describe('bfloat16', () => {
  it('round-trips every pattern but those of NaN', () => {
    const wide = new Float32Array(patterns.length);
    widen(patterns, wide, 'bfloat16');
    const narrowed = new Uint16Array(patterns.length);
    narrow(wide, narrowed, 'bfloat16');
    const different = patterns.filter((pattern) => narrowed[pattern] !== pattern);
    expect(different.every((pattern) => (pattern & 0x7fff) > 0x7f80)).toBe(true);
    expect(Array.from(narrowed.slice(0x7f81, 0x8000)).every((pattern) => pattern > 0x7f80)).toBe(true);
  });

  it('rounds to the nearer neighbour, ties to even', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -(2 ** 127), max: 2 ** 127 }), (value) => {
        const narrowed = new Uint16Array(1);
        narrow(Float32Array.of(value), narrowed, 'bfloat16');
        const wide = new Float32Array(3);
        const pattern = narrowed[0]!;
        widen(Uint16Array.of(pattern, pattern + 1, pattern - 1), wide, 'bfloat16');
        const [error, above, below] = wide.map((near) => Math.abs(near - value)) as unknown as [
          number,
          number,
          number,
        ];
        // Past zero and infinity the neighbouring pattern is no neighbouring number.
        const others = [above, below].filter((other) => Number.isFinite(other));
        const isNearest = others.every((other) => error < other || (error === other && pattern % 2 === 0));
        expect(isNearest).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
