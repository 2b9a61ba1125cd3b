import type { Rule } from '@ds/tensor';
import type { Operation } from './call.ts';

type Combine = Rule<'target' | 'source', never>;

const sum: Combine = {
  name: 'sum',
  slots: ['target', 'source'],
  scalars: [],
  update: ({ add }, { target, source }) => ({ target: add(target, source) }),
};

const max: Combine = {
  name: 'max',
  slots: ['target', 'source'],
  scalars: [],
  update: (algebra, { target, source }) => ({ target: algebra.max(target, source) }),
};

const min: Combine = {
  name: 'min',
  slots: ['target', 'source'],
  scalars: [],
  update: (algebra, { target, source }) => ({ target: algebra.min(target, source) }),
};

/** Takes one more rank's elements into the result. A mean is a sum, divided at the end. */
export const combineRules: Readonly<Record<Operation, Combine>> = { sum, mean: sum, max, min };

/** Makes a mean of a sum. */
export const divideRule: Rule<'target', 'ranks'> = {
  name: 'divide',
  slots: ['target'],
  scalars: ['ranks'],
  update: ({ div }, { target }, { ranks }) => ({ target: div(target, ranks) }),
};
