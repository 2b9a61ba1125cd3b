import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float64Algebra } from './algebra.ts';
import { chain } from './chain.ts';
import { InvalidArgumentError } from './error.ts';
import type { Transform } from './transform.ts';
import { updateRule } from './transform.ts';

const scale = <Scalar extends string>(scalar: Scalar): Transform<never, Scalar> => ({
  name: `scale_${scalar}`,
  state: [],
  scalars: [scalar],
  update: ({ mul }, update, { scalars }) => ({ update: mul(update, scalars[scalar]) }),
});

const trace: Transform<'trace', 'decay'> = {
  name: 'trace',
  state: ['trace'],
  scalars: ['decay'],
  update({ add, mul }, update, { state, scalars }) {
    const next = add(update, mul(scalars.decay, state.trace));
    return { update: next, state: { trace: next } };
  },
};

const run = (transform: Transform, update: number, scalars: Record<string, number>, state = {}): unknown =>
  transform.update(float64Algebra, update, { parameter: 3, state, scalars });

describe('chain', () => {
  it('feeds each link what the one before returned', () => {
    const both = chain(scale('a'), trace, scale('b'));
    expect(both.state).toEqual(['trace']);
    expect(both.scalars).toEqual(['a', 'decay', 'b']);
    // trace: 2 * 5 + 0.5 * 4 = 12, then times 10.
    expect(run(both, 2, { a: 5, decay: 0.5, b: 10 }, { trace: 4 })).toEqual({
      update: 120,
      state: { trace: 12 },
    });
  });

  it('of nothing is the identity', () => {
    expect(run(chain(), 7, {})).toEqual({ update: 7, state: {} });
  });

  it('is associative', () => {
    fc.assert(
      fc.property(fc.float(), fc.float(), fc.float(), fc.float(), fc.float(), (g, a, b, decay, before) => {
        const scalars = { a, b, decay };
        const state = { trace: before };
        const left = run(chain(chain(scale('a'), trace), scale('b')), g, scalars, state);
        const right = run(chain(scale('a'), chain(trace, scale('b'))), g, scalars, state);
        expect(left).toEqual(right);
      }),
    );
  });

  it('refuses two links that would share a name', () => {
    expect(() => chain(scale('a'), scale('a'))).toThrowErrorMatchingInlineSnapshot(
      `[InvalidArgumentError: Two links of the chain scale_a -> scale_a have a scalar named "a". Give one of them another name.]`,
    );
    expect(() => chain(trace, { ...trace, scalars: [] })).toThrow(InvalidArgumentError);
  });
});

describe('updateRule', () => {
  it('adds the update to the parameter and returns the state that changed', () => {
    const rule = updateRule(chain(trace, scale('rate')));
    expect(rule.slots).toEqual(['parameter', 'gradient', 'trace']);
    const slots = { parameter: 10, gradient: 2, trace: 4 };
    expect(rule.update(float64Algebra, slots, { decay: 0.5, rate: -1 })).toEqual({ parameter: 6, trace: 4 });
  });
});
