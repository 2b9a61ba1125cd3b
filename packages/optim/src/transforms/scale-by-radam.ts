import type { Transform } from '@ds/tensor';
import type { MomentScalar, Moments } from './scale-by-adam.ts';
import { momentScalars, updateMoments } from './scale-by-adam.ts';

type RadamScalar = MomentScalar | 'firstCorrection' | 'rectification' | 'eps';

/**
 * RAdam's direction (Liu et al. 2020): `mHat * rectification / (sqrt(v) + eps)`, and `mHat` alone while
 * `rectification` is 0, which says that the variance cannot be trusted yet.
 *
 * Memory: 8 bytes per element.
 *
 * @example
 * chain(scaleGradient, scaleByRadam, scaleByLearningRate);
 */
export const scaleByRadam: Transform<Moments, RadamScalar> = {
  name: 'scaleByRadam',
  state: ['exp_avg', 'exp_avg_sq'],
  scalars: ['beta1', 'oneMinusBeta1', 'beta2', 'oneMinusBeta2', 'firstCorrection', 'rectification', 'eps'],
  update(algebra, update, { state, scalars }) {
    const { add, constant, div, mul, select, sqrt } = algebra;
    const moments = updateMoments(algebra, update, state, scalars);
    const adaptive = div(scalars.rectification, add(sqrt(moments.exp_avg_sq), scalars.eps));
    const factor = select(scalars.rectification, adaptive, constant(1));
    return { update: mul(mul(moments.exp_avg, scalars.firstCorrection), factor), state: moments };
  },
};

/**
 * The numbers that `scaleByRadam` is given.
 *
 * `rhoInf = 2 / (1 - b2) - 1`, `rho = rhoInf - 2 t b2^t / (1 - b2^t)`; above 5 (PyTorch; the paper says 4) the
 * rectification is `sqrt((rho - 4)(rho - 2) rhoInf / ((rhoInf - 4)(rhoInf - 2) rho)) * sqrt(1 - b2^t)`.
 *
 * @param step the parameter's step count, from 1.
 *
 * @example
 * radamScalars({ betas: [0.9, 0.999], eps: 1e-8 }, 1).rectification; // 0: too early to adapt
 */
export function radamScalars(
  { betas, eps }: { readonly betas: readonly [number, number]; readonly eps: number },
  step: number,
): Record<RadamScalar, number> {
  const [beta1, beta2] = betas;
  const remaining = 1 - beta2 ** step;
  const rhoInf = 2 / (1 - beta2) - 1;
  const rho = rhoInf - (2 * step * beta2 ** step) / remaining;
  const rectification =
    rho > 5
      ? Math.sqrt(((rho - 4) * (rho - 2) * rhoInf) / ((rhoInf - 4) * (rhoInf - 2) * rho)) *
        Math.sqrt(remaining)
      : 0;
  return { ...momentScalars(betas), firstCorrection: 1 / (1 - beta1 ** step), rectification, eps };
}
