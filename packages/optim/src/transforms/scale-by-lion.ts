import type { Transform } from '@ds/tensor';
import type { MomentScalar } from './scale-by-adam.ts';

/**
 * Lion's direction (Chen et al. 2023): `sign(b1 m + (1 - b1) u)`, then `m = b2 m + (1 - b2) u`.
 *
 * The sign of 0 is 0, as in the paper and PyTorch; DeepSpeed takes +1 and so moves weights that have no gradient.
 *
 * Memory: 4 bytes per element.
 *
 * @example
 * chain(scaleByLion, addDecayedWeights, scaleByLearningRate);
 */
export const scaleByLion: Transform<'exp_avg', MomentScalar> = {
  name: 'scaleByLion',
  state: ['exp_avg'],
  scalars: ['beta1', 'oneMinusBeta1', 'beta2', 'oneMinusBeta2'],
  update({ add, mul, sign }, update, { state, scalars }) {
    const blend = add(mul(scalars.beta1, state.exp_avg), mul(scalars.oneMinusBeta1, update));
    const average = add(mul(scalars.beta2, state.exp_avg), mul(scalars.oneMinusBeta2, update));
    return { update: sign(blend), state: { exp_avg: average } };
  },
};
