import type { Transform } from '@ds/tensor';

/**
 * Limits every element to `[-clipValue, clipValue]`; NaN stays NaN.
 *
 * The elementwise clipping of `torch.nn.utils.clip_grad_value_`.
 *
 * @example
 * chain(scaleGradient, clipByValue, scaleByAdam, scaleByLearningRate);
 */
export const clipByValue: Transform<never, 'clipValue'> = {
  name: 'clipByValue',
  state: [],
  scalars: ['clipValue'],
  update: ({ constant, max, min, sub }, update, { scalars: { clipValue } }) => ({
    update: max(min(update, clipValue), sub(constant(0), clipValue)),
  }),
};
