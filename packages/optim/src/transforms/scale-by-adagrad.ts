import type { Transform } from '@ds/tensor';

/**
 * Adagrad's direction (Duchi et al. 2011): `sum = sum + u^2`, then `u / (sqrt(sum) + eps)`.
 *
 * Memory: 4 bytes per element.
 *
 * @example
 * chain(scaleGradient, scaleByAdagrad, scaleByLearningRate);
 */
export const scaleByAdagrad: Transform<'sum', 'eps'> = {
  name: 'scaleByAdagrad',
  state: ['sum'],
  scalars: ['eps'],
  update({ add, div, mul, sqrt }, update, { state, scalars }) {
    const sum = add(state.sum, mul(update, update));
    return { update: div(update, add(sqrt(sum), scalars.eps)), state: { sum } };
  },
};
