import type { Transform } from '@ds/tensor';

/**
 * Rprop's step (Riedmiller and Braun 1993): `-sign(u) * s`, with a step size `s` of each element's own.
 *
 * `s` grows by `growth` while the sign of the gradient stays and shrinks by `shrinkage` when it turns, within
 * `[smallest, largest]`; an element whose gradient turned is not moved in that step.
 *
 * As in `torch.optim.Rprop`; step sizes are in units of the parameter. Memory: 8 bytes per element.
 *
 * @example
 * chain(scaleGradient, stepByRprop);
 */
export const stepByRprop: Transform<'prev' | 'step_size', 'shrinkage' | 'growth' | 'smallest' | 'largest'> = {
  name: 'stepByRprop',
  state: ['prev', 'step_size'],
  scalars: ['shrinkage', 'growth', 'smallest', 'largest'],
  update(algebra, update, { state, scalars: { shrinkage, growth, smallest, largest } }) {
    const { constant, max, min, mul, select, sign, sub } = algebra;
    const zero = constant(0);
    const agreement = mul(update, state.prev);
    const turned = sub(zero, agreement);
    const factor = select(agreement, growth, select(turned, shrinkage, constant(1)));
    const size = min(max(mul(state.step_size, factor), smallest), largest);
    const gradient = select(turned, zero, update);
    return {
      update: sub(zero, mul(sign(gradient), size)),
      state: { prev: gradient, step_size: size },
    };
  },
};
