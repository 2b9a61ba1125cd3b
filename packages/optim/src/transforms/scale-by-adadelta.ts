import type { Transform } from '@ds/tensor';

/**
 * Adadelta's direction (Zeiler 2012): `d = sqrt(acc + eps) / sqrt(v + eps) * u`.
 *
 * `v` (square_avg) and `acc` (acc_delta) are the running means of `u^2` and of `d^2`.
 *
 * Memory: 8 bytes per element.
 *
 * @example
 * chain(scaleGradient, scaleByAdadelta, scaleByLearningRate);
 */
export const scaleByAdadelta: Transform<'square_avg' | 'acc_delta', 'rho' | 'oneMinusRho' | 'eps'> = {
  name: 'scaleByAdadelta',
  state: ['square_avg', 'acc_delta'],
  scalars: ['rho', 'oneMinusRho', 'eps'],
  update({ add, div, mul, sqrt }, update, { state, scalars: { rho, oneMinusRho, eps } }) {
    const average = add(mul(rho, state.square_avg), mul(oneMinusRho, mul(update, update)));
    const delta = mul(div(sqrt(add(state.acc_delta, eps)), sqrt(add(average, eps))), update);
    const accumulated = add(mul(rho, state.acc_delta), mul(oneMinusRho, mul(delta, delta)));
    return { update: delta, state: { square_avg: average, acc_delta: accumulated } };
  },
};
