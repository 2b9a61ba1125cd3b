import type { Rule } from '@ds/tensor';
import type { Operation } from './call.ts';

type Combine = Rule<'target' | 'first' | 'second', never>;

const sum: Combine = {
  name: 'sum',
  slots: ['target', 'first', 'second'],
  scalars: [],
  update: ({ add }, { first, second }) => ({ target: add(first, second) }),
};

const max: Combine = {
  name: 'max',
  slots: ['target', 'first', 'second'],
  scalars: [],
  update: ({ max: larger }, { first, second }) => ({ target: larger(first, second) }),
};

const min: Combine = {
  name: 'min',
  slots: ['target', 'first', 'second'],
  scalars: [],
  update: ({ min: smaller }, { first, second }) => ({ target: smaller(first, second) }),
};

/** Combines the elements of two ranks, of which `first` may be a result already. A mean is a sum, divided at the end. */
export const combineRules: Readonly<Record<Operation, Combine>> = { sum, mean: sum, max, min };

/** Makes a mean of a sum. */
export const divideRule: Rule<'target', 'ranks'> = {
  name: 'divide',
  slots: ['target'],
  scalars: ['ranks'],
  update: ({ div }, { target }, { ranks }) => ({ target: div(target, ranks) }),
};
