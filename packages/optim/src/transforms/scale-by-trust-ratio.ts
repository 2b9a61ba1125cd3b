import type { Transform } from '@ds/tensor';

/**
 * Multiplies by the parameter's trust ratio (LARS and LAMB).
 *
 * `trust_ratio` is listed as state but is one number per parameter: the rule that is made of the chain must name it
 * in `broadcast`.
 */
export const scaleByTrustRatio: Transform<'trust_ratio', never> = {
  name: 'scaleByTrustRatio',
  state: ['trust_ratio'],
  scalars: [],
  update: ({ mul }, update, { state }) => ({ update: mul(state.trust_ratio, update) }),
};
