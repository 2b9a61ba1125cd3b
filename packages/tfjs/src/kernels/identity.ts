import { Identity } from '@tensorflow/tfjs-core';
import { shareStorage } from '../tfjs-internals.ts';
import type { TrainingKernel, UnaryInputs } from './training-kernel.ts';

/**
 * `tf.clone`, and what the tape keeps for the backward pass: the same memory once more, as on every other backend.
 * tfjs copies it here, which costs time and doubles what a training step holds.
 */
export const identity: TrainingKernel<UnaryInputs, object> = {
  name: Identity,
  run: ({ x }, _attributes, { backend }) => (x.dtype === 'string' ? undefined : shareStorage(backend, x)),
};
