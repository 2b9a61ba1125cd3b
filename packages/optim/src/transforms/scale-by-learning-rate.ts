import type { Transform } from '@ds/tensor';

/**
 * Turns a direction into a step downhill: `-learningRate * u`. The last link of a chain.
 *
 * @example
 * chain(scaleGradient, scaleByLearningRate); // plain SGD
 */
export const scaleByLearningRate: Transform<never, 'learningRate'> = {
  name: 'scaleByLearningRate',
  state: [],
  scalars: ['learningRate'],
  update: ({ constant, mul, sub }, update, { scalars }) => ({
    update: mul(sub(constant(0), scalars.learningRate), update),
  }),
};
