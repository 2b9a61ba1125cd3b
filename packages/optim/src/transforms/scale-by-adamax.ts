import type { Transform } from '@ds/tensor';

/**
 * Adamax's direction (Kingma and Ba 2015, section 7.1): `m * firstCorrection / n`.
 *
 * `n = max(b2 n, |u| + eps)` (exp_inf), with the `eps` inside of the maximum as in PyTorch.
 *
 * Memory: 8 bytes per element.
 *
 * @example
 * chain(scaleGradient, scaleByAdamax, scaleByLearningRate);
 */
export const scaleByAdamax: Transform<
  'exp_avg' | 'exp_inf',
  'beta1' | 'oneMinusBeta1' | 'beta2' | 'firstCorrection' | 'eps'
> = {
  name: 'scaleByAdamax',
  state: ['exp_avg', 'exp_inf'],
  scalars: ['beta1', 'oneMinusBeta1', 'beta2', 'firstCorrection', 'eps'],
  update({ abs, add, div, max, mul }, update, { state, scalars }) {
    const average = add(mul(scalars.beta1, state.exp_avg), mul(scalars.oneMinusBeta1, update));
    const norm = max(mul(scalars.beta2, state.exp_inf), add(abs(update), scalars.eps));
    return {
      update: div(mul(average, scalars.firstCorrection), norm),
      state: { exp_avg: average, exp_inf: norm },
    };
  },
};
