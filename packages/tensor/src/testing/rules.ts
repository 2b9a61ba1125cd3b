import { chain } from '../chain.ts';
import type { Rule } from '../rule.ts';
import type { Transform } from '../transform.ts';
import { updateRule } from '../transform.ts';

type AdamScalar = 'beta1' | 'keep1' | 'beta2' | 'keep2' | 'correction' | 'eps';
type AdamWSlot = 'parameter' | 'gradient' | 'exp_avg' | 'exp_avg_sq';
type AdamWScalar = AdamScalar | 'decay' | 'rate';

/** Adam's moments and direction (Kingma and Ba 2015), enough of an optimizer to try a device with. */
const scaleByAdam: Transform<'exp_avg' | 'exp_avg_sq', AdamScalar> = {
  name: 'adam',
  state: ['exp_avg', 'exp_avg_sq'],
  scalars: ['beta1', 'keep1', 'beta2', 'keep2', 'correction', 'eps'],
  update({ add, mul, div, sqrt }, g, { state, scalars: s }) {
    const m = add(mul(s.beta1, state.exp_avg), mul(s.keep1, g));
    const v = add(mul(s.beta2, state.exp_avg_sq), mul(s.keep2, mul(g, g)));
    return { update: div(m, add(div(sqrt(v), s.correction), s.eps)), state: { exp_avg: m, exp_avg_sq: v } };
  },
};

const addDecayedWeights: Transform<never, 'decay'> = {
  name: 'decay',
  state: [],
  scalars: ['decay'],
  update: ({ add, mul }, update, { parameter, scalars }) => ({
    update: add(update, mul(scalars.decay, parameter)),
  }),
};

const descend: Transform<never, 'rate'> = {
  name: 'descend',
  state: [],
  scalars: ['rate'],
  update: ({ constant, mul, sub }, update, { scalars }) => ({
    update: mul(sub(constant(0), scalars.rate), update),
  }),
};

/**
 * AdamW as a rule of four slots; scalars as `adamWScalars` gives them.
 *
 * @example
 * adamWRule.slots; // ['parameter', 'gradient', 'exp_avg', 'exp_avg_sq']
 */
export const adamWRule: Rule<AdamWSlot, AdamWScalar> = updateRule(
  chain(scaleByAdam, addDecayedWeights, descend),
);

/**
 * Reasonable numbers for `adamWRule` at its `step`-th run, counted from 1.
 *
 * @example
 * const device = createArrayDevice();
 * const slab = () => device.alloc(8);
 * const slots = { parameter: slab(), gradient: slab(), exp_avg: slab(), exp_avg_sq: slab() };
 * device.compile(adamWRule).run(slots, adamWScalars(1));
 */
export function adamWScalars(step: number): Record<AdamWScalar, number> {
  const [beta1, beta2] = [0.9, 0.999];
  return {
    beta1,
    keep1: 1 - beta1,
    beta2,
    keep2: 1 - beta2,
    correction: Math.sqrt(1 - beta2 ** step),
    eps: 1e-8,
    decay: 0.01,
    rate: 0.001 / (1 - beta1 ** step),
  };
}

/**
 * Every operation of the algebra once, with a broadcast slot; finite input gives finite output.
 *
 * @example
 * const device = createArrayDevice();
 * const slots = { a: device.alloc(8), b: device.alloc(8), c: device.alloc(8), factor: device.alloc(1) };
 * device.compile(everyOperation).run(slots, { threshold: 0 });
 */
export const everyOperation: Rule<'a' | 'b' | 'c' | 'factor', 'threshold'> = {
  name: 'every_operation',
  slots: ['a', 'b', 'c', 'factor'],
  broadcast: ['factor'],
  scalars: ['threshold'],
  update(
    { constant, add, sub, mul, div, sqrt, abs, sign, max, min, select },
    { a, b, c, factor },
    { threshold },
  ) {
    const size = add(abs(b), constant(0.5));
    const ratio = div(a, size);
    const clipped = max(min(ratio, constant(3)), constant(-3));
    return {
      a: add(clipped, mul(factor, sign(b))),
      c: select(sub(a, threshold), sqrt(size), mul(c, constant(0.125))),
    };
  },
};
