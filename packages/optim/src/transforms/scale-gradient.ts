import type { Transform } from '@ds/tensor';

/**
 * Multiplies the gradient by one number: the inverse of the loss scale, the clipping coefficient, and -1 to maximize.
 *
 * `u = gradientScale * g`. Every optimizer of this package starts with it, so unscaling and clipping cost no pass of
 * their own.
 *
 * @example
 * chain(scaleGradient, scaleByAdam, scaleByLearningRate);
 */
export const scaleGradient: Transform<never, 'gradientScale'> = {
  name: 'scaleGradient',
  state: [],
  scalars: ['gradientScale'],
  update: ({ mul }, update, { scalars }) => ({ update: mul(scalars.gradientScale, update) }),
};
