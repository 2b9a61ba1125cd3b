import type { Algebra, Transform } from '@ds/tensor';

/**
 * The scalars of both moments: their decay rates, and one minus each.
 *
 * @example
 * const rates: Record<MomentScalar, number> = momentScalars([0.9, 0.99]);
 */
export type MomentScalar = 'beta1' | 'oneMinusBeta1' | 'beta2' | 'oneMinusBeta2';
/**
 * The scalars of `scaleByAdam`: those of the moments, bias corrections and epsilon.
 *
 * @example
 * const scalars: Record<AdamScalar, number> = adamScalars({ betas: [0.9, 0.999], eps: 1e-8 }, 1);
 */
export type AdamScalar = MomentScalar | 'firstCorrection' | 'secondCorrection' | 'eps';
/**
 * The state of `scaleByAdam`, by its PyTorch names.
 *
 * @example
 * const names: readonly Moments[] = ['exp_avg', 'exp_avg_sq'];
 */
export type Moments = 'exp_avg' | 'exp_avg_sq';

const adamScalarNames: readonly AdamScalar[] = [
  'beta1',
  'oneMinusBeta1',
  'beta2',
  'oneMinusBeta2',
  'firstCorrection',
  'secondCorrection',
  'eps',
];

/** The running means of the update and of its square: `m = b1 m + (1 - b1) u`, `v = b2 v + (1 - b2) u^2`. */
export function updateMoments<T>(
  { add, mul }: Algebra<T>,
  update: T,
  state: Readonly<Record<Moments, T>>,
  scalars: Readonly<Record<MomentScalar, T>>,
): Record<Moments, T> {
  return {
    exp_avg: add(mul(scalars.beta1, state.exp_avg), mul(scalars.oneMinusBeta1, update)),
    exp_avg_sq: add(mul(scalars.beta2, state.exp_avg_sq), mul(scalars.oneMinusBeta2, mul(update, update))),
  };
}

/**
 * Adam's direction (Kingma and Ba 2015): `mHat / (sqrt(vHat) + eps)`.
 *
 * `mHat = m * firstCorrection` and `sqrt(vHat) = sqrt(v) * secondCorrection`; `adamScalars` computes both. The `eps`
 * is outside of the root and added after the correction, as in PyTorch and DeepSpeed (TensorFlow corrects after
 * adding it, which makes it larger in the first steps).
 *
 * Memory: 8 bytes per element.
 *
 * @example
 * chain(scaleGradient, scaleByAdam, scaleByLearningRate);
 */
export const scaleByAdam: Transform<Moments, AdamScalar> = {
  name: 'scaleByAdam',
  state: ['exp_avg', 'exp_avg_sq'],
  scalars: adamScalarNames,
  update(algebra, update, { state, scalars }) {
    const { add, div, mul, sqrt } = algebra;
    const moments = updateMoments(algebra, update, state, scalars);
    const denominator = add(mul(sqrt(moments.exp_avg_sq), scalars.secondCorrection), scalars.eps);
    return { update: div(mul(moments.exp_avg, scalars.firstCorrection), denominator), state: moments };
  },
};

/**
 * Adam's direction with the largest `v` so far in the place of `v` (Reddi et al. 2018, AMSGrad).
 *
 * Memory: 12 bytes per element.
 *
 * @example
 * chain(scaleGradient, scaleByAmsgrad, scaleByLearningRate);
 */
export const scaleByAmsgrad: Transform<Moments | 'max_exp_avg_sq', AdamScalar> = {
  name: 'scaleByAmsgrad',
  state: ['exp_avg', 'exp_avg_sq', 'max_exp_avg_sq'],
  scalars: adamScalarNames,
  update(algebra, update, { state, scalars }) {
    const { add, div, max, mul, sqrt } = algebra;
    const moments = updateMoments(algebra, update, state, scalars);
    const largest = max(state.max_exp_avg_sq, moments.exp_avg_sq);
    const denominator = add(mul(sqrt(largest), scalars.secondCorrection), scalars.eps);
    return {
      update: div(mul(moments.exp_avg, scalars.firstCorrection), denominator),
      state: { ...moments, max_exp_avg_sq: largest },
    };
  },
};

/**
 * Adam's direction with `eps` inside of the root: `mHat / sqrt(v + eps)`, an option of DeepSpeed's LAMB.
 *
 * Memory: 8 bytes per element.
 *
 * @example
 * chain(scaleByAdamEpsInsideSqrt, addDecayedWeights, scaleByLearningRate);
 */
export const scaleByAdamEpsInsideSqrt: Transform<Moments, AdamScalar> = {
  name: 'scaleByAdamEpsInsideSqrt',
  state: ['exp_avg', 'exp_avg_sq'],
  scalars: adamScalarNames,
  update(algebra, update, { state, scalars }) {
    const { add, div, mul, sqrt } = algebra;
    const moments = updateMoments(algebra, update, state, scalars);
    const denominator = mul(sqrt(add(moments.exp_avg_sq, scalars.eps)), scalars.secondCorrection);
    return { update: div(mul(moments.exp_avg, scalars.firstCorrection), denominator), state: moments };
  },
};

/**
 * The decay rates of both moments and their complements, computed in float64.
 *
 * @param betas each in [0, 1).
 *
 * @example
 * momentScalars([0.5, 0.75]); // { beta1: 0.5, oneMinusBeta1: 0.5, beta2: 0.75, oneMinusBeta2: 0.25 }
 */
export function momentScalars([beta1, beta2]: readonly [number, number]): Record<MomentScalar, number> {
  return { beta1, oneMinusBeta1: 1 - beta1, beta2, oneMinusBeta2: 1 - beta2 };
}

/**
 * The numbers that `scaleByAdam` and its variants are given.
 *
 * @param step the parameter's step count, from 1.
 *
 * @example
 * adamScalars({ betas: [0.5, 0.75], eps: 1e-8 }, 1); // firstCorrection 2, secondCorrection 2
 */
export function adamScalars(
  {
    betas,
    eps,
    biasCorrection = true,
  }: {
    readonly betas: readonly [number, number];
    readonly eps: number;
    readonly biasCorrection?: boolean;
  },
  step: number,
): Record<AdamScalar, number> {
  return {
    ...momentScalars(betas),
    firstCorrection: biasCorrection ? 1 / (1 - betas[0] ** step) : 1,
    secondCorrection: biasCorrection ? 1 / Math.sqrt(1 - betas[1] ** step) : 1,
    eps,
  };
}
