import type { Algebra, Transform } from '@ds/tensor';

type TraceScalar = 'traceDecay' | 'traceGain';
type Trace = Transform<'momentum_buffer', TraceScalar>;

/** The buffer after this step; `traceDecay` is 0 at a parameter's first step. */
function accumulate<T>({ add, mul }: Algebra<T>, buffer: T, update: T, decay: T, gain: T): T {
  return add(mul(decay, buffer), mul(gain, update));
}

/**
 * Heavy-ball momentum: `b = traceDecay * b + traceGain * u`, and the update becomes `b`.
 *
 * PyTorch starts from `b = u`, without dampening; `momentumScalars` gives the two numbers for a step.
 *
 * Polyak 1964, as in `torch.optim.SGD`. Memory: 4 bytes per element.
 *
 * @example
 * chain(addDecayedWeights, trace, scaleByLearningRate);
 */
export const trace: Trace = {
  name: 'trace',
  state: ['momentum_buffer'],
  scalars: ['traceDecay', 'traceGain'],
  update(algebra, update, { state, scalars: { traceDecay, traceGain } }) {
    const buffer = accumulate(algebra, state.momentum_buffer, update, traceDecay, traceGain);
    return { update: buffer, state: { momentum_buffer: buffer } };
  },
};

/**
 * Nesterov's momentum as PyTorch has it: `b` as in `trace`, and the update becomes `u + momentum * b`.
 *
 * Sutskever et al. 2013, as in `torch.optim.SGD`. Memory: 4 bytes per element.
 *
 * @example
 * chain(addDecayedWeights, traceNesterov, scaleByLearningRate);
 */
export const traceNesterov: Transform<'momentum_buffer', TraceScalar | 'momentum'> = {
  name: 'traceNesterov',
  state: ['momentum_buffer'],
  scalars: ['traceDecay', 'traceGain', 'momentum'],
  update(algebra, update, { state, scalars: { traceDecay, traceGain, momentum } }) {
    const buffer = accumulate(algebra, state.momentum_buffer, update, traceDecay, traceGain);
    return {
      update: algebra.add(update, algebra.mul(momentum, buffer)),
      state: { momentum_buffer: buffer },
    };
  },
};

/**
 * The numbers that `trace` and `traceNesterov` are given.
 *
 * @param step the parameter's step count, from 1.
 *
 * @example
 * momentumScalars({ momentum: 0.9 }, 1); // { momentum: 0.9, traceDecay: 0, traceGain: 1 }
 */
export function momentumScalars(
  { momentum, dampening = 0 }: { readonly momentum: number; readonly dampening?: number },
  step: number,
): Record<TraceScalar | 'momentum', number> {
  const first = step === 1;
  return { momentum, traceDecay: first ? 0 : momentum, traceGain: first ? 1 : 1 - dampening };
}
