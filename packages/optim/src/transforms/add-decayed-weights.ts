import type { Transform } from '@ds/tensor';

/**
 * Adds a multiple of the parameter: `u + weightDecay * p`.
 *
 * Before the adaptive link it is L2 regularization; after it, decoupled weight decay (Loshchilov and Hutter 2019,
 * "Decoupled Weight Decay Regularization").
 */
export const addDecayedWeights: Transform<never, 'weightDecay'> = {
  name: 'addDecayedWeights',
  state: [],
  scalars: ['weightDecay'],
  update: ({ add, mul }, update, { parameter, scalars }) => ({
    update: add(update, mul(scalars.weightDecay, parameter)),
  }),
};
