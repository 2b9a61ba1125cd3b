/** A kind of number a parameter can ask for: how messages call it, and the test it passes. */
export interface NumberKind {
  readonly expected: string;
  readonly test: (value: number) => boolean;
}

export const finite: NumberKind = { expected: 'a finite number', test: Number.isFinite };

export const nonNegative: NumberKind = {
  expected: 'a finite number >= 0',
  test: (value) => Number.isFinite(value) && value >= 0,
};

export const positive: NumberKind = {
  expected: 'a finite number > 0',
  test: (value) => Number.isFinite(value) && value > 0,
};

export const atLeastOne: NumberKind = {
  expected: 'a finite number >= 1',
  test: (value) => Number.isFinite(value) && value >= 1,
};

export const integer: NumberKind = { expected: 'an integer', test: Number.isSafeInteger };

export const positiveInteger: NumberKind = {
  expected: 'a positive integer',
  test: (value) => Number.isSafeInteger(value) && value > 0,
};

export const nonNegativeInteger: NumberKind = {
  expected: 'a non-negative integer',
  test: (value) => Number.isSafeInteger(value) && value >= 0,
};

/** A fraction with both ends: 0 <= x <= 1. */
export const fraction: NumberKind = {
  expected: 'a number between 0 and 1',
  test: (value) => value >= 0 && value <= 1,
};

/** A fraction without 0: 0 < x <= 1. */
export const positiveFraction: NumberKind = {
  expected: 'a number greater than 0 and at most 1',
  test: (value) => value > 0 && value <= 1,
};

/** A fraction without 1, as momentum and decay factors are: 0 <= x < 1. */
export const belowOne: NumberKind = {
  expected: 'a number of at least 0 and less than 1',
  test: (value) => value >= 0 && value < 1,
};
