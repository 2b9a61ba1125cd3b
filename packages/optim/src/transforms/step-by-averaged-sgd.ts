import type { Transform } from '@ds/tensor';

/**
 * The step of averaged SGD (Polyak and Juditsky 1992), `-(eta u + decay eta p)`, and the running mean of the
 * parameter, `ax = ax + averageFactor * (p_new - ax)`. Must be the last link: it reads the parameter that results.
 *
 * As in `torch.optim.ASGD`; `asgd` computes the three numbers. Memory: 4 bytes per element.
 *
 * @example
 * chain(scaleGradient, addDecayedWeights, stepByAveragedSgd);
 */
export const stepByAveragedSgd: Transform<'ax', 'eta' | 'etaDecay' | 'averageFactor'> = {
  name: 'stepByAveragedSgd',
  state: ['ax'],
  scalars: ['eta', 'etaDecay', 'averageFactor'],
  update({ add, constant, mul, sub }, update, { parameter, state, scalars }) {
    const step = sub(constant(0), add(mul(scalars.eta, update), mul(scalars.etaDecay, parameter)));
    const moved = add(parameter, step);
    return {
      update: step,
      state: { ax: add(state.ax, mul(scalars.averageFactor, sub(moved, state.ax))) },
    };
  },
};
