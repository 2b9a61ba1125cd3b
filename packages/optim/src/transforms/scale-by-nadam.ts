import type { Transform } from '@ds/tensor';
import type { MomentScalar, Moments } from './scale-by-adam.ts';
import { updateMoments } from './scale-by-adam.ts';

/**
 * NAdam's direction (Dozat 2016): `(gradientFactor * u + momentumFactor * m) / (sqrt(vHat) + eps)`.
 *
 * With the momentum schedule `mu`: `gradientFactor = (1 - mu_t) / (1 - mu_1 ... mu_t)` and
 * `momentumFactor = mu_(t+1) / (1 - mu_1 ... mu_(t+1))`.
 *
 * Memory: 8 bytes per element.
 *
 * @example
 * chain(scaleGradient, scaleByNadam, scaleByLearningRate);
 */
export const scaleByNadam: Transform<
  Moments,
  MomentScalar | 'secondCorrection' | 'eps' | 'gradientFactor' | 'momentumFactor'
> = {
  name: 'scaleByNadam',
  state: ['exp_avg', 'exp_avg_sq'],
  scalars: [
    'beta1',
    'oneMinusBeta1',
    'beta2',
    'oneMinusBeta2',
    'secondCorrection',
    'eps',
    'gradientFactor',
    'momentumFactor',
  ],
  update(algebra, update, { state, scalars }) {
    const { add, div, mul, sqrt } = algebra;
    const moments = updateMoments(algebra, update, state, scalars);
    const denominator = add(mul(sqrt(moments.exp_avg_sq), scalars.secondCorrection), scalars.eps);
    const direction = add(mul(scalars.gradientFactor, update), mul(scalars.momentumFactor, moments.exp_avg));
    return { update: div(direction, denominator), state: moments };
  },
};
