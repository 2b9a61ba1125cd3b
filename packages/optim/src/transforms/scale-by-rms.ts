import type { Transform } from '@ds/tensor';

type RmsScalar = 'alpha' | 'oneMinusAlpha' | 'eps';

/**
 * RMSprop's direction (Hinton 2012): `v = alpha v + (1 - alpha) u^2`, then `u / (sqrt(v) + eps)`.
 *
 * Memory: 4 bytes per element.
 *
 * @example
 * chain(scaleByRms, trace, scaleByLearningRate);
 */
export const scaleByRms: Transform<'square_avg', RmsScalar> = {
  name: 'scaleByRms',
  state: ['square_avg'],
  scalars: ['alpha', 'oneMinusAlpha', 'eps'],
  update({ add, div, mul, sqrt }, update, { state, scalars: { alpha, oneMinusAlpha, eps } }) {
    const average = add(mul(alpha, state.square_avg), mul(oneMinusAlpha, mul(update, update)));
    return { update: div(update, add(sqrt(average), eps)), state: { square_avg: average } };
  },
};

/**
 * RMSprop's direction with the variance in the place of the mean square: `u / (sqrt(v - a^2) + eps)`.
 *
 * `a` (grad_avg) is the running mean of `u`. Rounding can make the difference negative; it is taken as 0, where
 * PyTorch gives NaN.
 *
 * It is `centered` of `torch.optim.RMSprop` (Graves 2013). Memory: 8 bytes per element.
 *
 * @example
 * chain(scaleByStandardDeviation, scaleByLearningRate);
 */
export const scaleByStandardDeviation: Transform<'square_avg' | 'grad_avg', RmsScalar> = {
  name: 'scaleByStandardDeviation',
  state: ['square_avg', 'grad_avg'],
  scalars: ['alpha', 'oneMinusAlpha', 'eps'],
  update(algebra, update, { state, scalars: { alpha, oneMinusAlpha, eps } }) {
    const { add, constant, div, max, mul, sqrt, sub } = algebra;
    const average = add(mul(alpha, state.square_avg), mul(oneMinusAlpha, mul(update, update)));
    const mean = add(mul(alpha, state.grad_avg), mul(oneMinusAlpha, update));
    const variance = max(sub(average, mul(mean, mean)), constant(0));
    return {
      update: div(update, add(sqrt(variance), eps)),
      state: { square_avg: average, grad_avg: mean },
    };
  },
};
