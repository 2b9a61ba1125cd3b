import type { Transform } from '@ds/tensor';

/**
 * Adds a multiple of the parameter: `u + weightDecay * p`.
 *
 * Before the adaptive link it is L2 regularization; after it, decoupled weight decay (Loshchilov and Hutter 2019,
 * "Decoupled Weight Decay Regularization").
 *
 * @example
 * chain(addDecayedWeights, scaleByAdam, scaleByLearningRate); // L2
 * chain(scaleByAdam, addDecayedWeights, scaleByLearningRate); // decoupled
 */
export const addDecayedWeights: Transform<never, 'weightDecay'> = {
  name: 'addDecayedWeights',
  state: [],
  scalars: ['weightDecay'],
  update: ({ add, mul }, update, { parameter, scalars }) => ({
    update: add(update, mul(scalars.weightDecay, parameter)),
  }),
};
