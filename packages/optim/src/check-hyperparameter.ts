import { InvalidArgumentError } from '@ds/tensor';

interface Check {
  readonly accepts: (value: unknown) => boolean;
  readonly expected: string;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isPairOf = (value: unknown, accepts: (item: number) => boolean): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((item) => isNumber(item) && accepts(item));

const rate: Check = {
  accepts: (value) => typeof value === 'function' || (isNumber(value) && value >= 0),
  expected: 'a number, 0 or more, or a schedule (step) => number',
};
const notNegative: Check = {
  accepts: (value) => isNumber(value) && value >= 0,
  expected: 'a number, 0 or more',
};
const positive: Check = { accepts: (value) => isNumber(value) && value > 0, expected: 'a number above 0' };
const fraction: Check = {
  accepts: (value) => isNumber(value) && value >= 0 && value <= 1,
  expected: 'a number from 0 to 1',
};
const finite: Check = { accepts: isNumber, expected: 'a finite number' };
const flag: Check = { accepts: (value) => typeof value === 'boolean', expected: 'true or false' };
const oneOf = (...names: readonly string[]): Check => ({
  accepts: (value) => names.includes(value as string),
  expected: `one of ${names.map((name) => `"${name}"`).join(', ')}`,
});

const checks: Readonly<Record<string, Check>> = {
  learningRate: rate,
  adamLearningRate: rate,
  muonLearningRate: rate,
  weightDecay: notNegative,
  clipValue: notNegative,
  momentum: notNegative,
  dampening: finite,
  eps: notNegative,
  eps1: notNegative,
  eps2: notNegative,
  alpha: notNegative,
  rho: fraction,
  learningRateDecay: notNegative,
  initialAccumulatorValue: notNegative,
  momentumDecay: notNegative,
  minCoefficient: notNegative,
  maxCoefficient: positive,
  trustCoefficient: positive,
  decay: notNegative,
  averagingStart: notNegative,
  betas: {
    accepts: (value) => isPairOf(value, (beta) => beta >= 0 && beta < 1),
    expected: 'two numbers, each at least 0 and below 1',
  },
  beta2Decay: { accepts: (value) => isNumber(value) && value <= 0, expected: 'a number, 0 or less' },
  clipThreshold: { accepts: (value) => isNumber(value) && value >= 1, expected: 'a number, 1 or more' },
  etas: {
    accepts: (value) =>
      isPairOf(value, (eta) => eta > 0) && (value as number[])[0]! < 1 && (value as number[])[1]! > 1,
    expected: 'two numbers, the first between 0 and 1, the second above 1',
  },
  stepSizes: {
    accepts: (value) =>
      isPairOf(value, (size) => size > 0) && (value as number[])[0]! <= (value as number[])[1]!,
    expected: 'two numbers above 0, the smaller first',
  },
  newtonSchulz: oneOf('gram', 'standard'),
  newtonSchulzSteps: {
    accepts: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) < 100,
    expected: 'a whole number from 1 to 99',
  },
  newtonSchulzCoefficients: {
    accepts: (value) => Array.isArray(value) && value.length === 3 && value.every(isNumber),
    expected: 'three numbers',
  },
  updateScale: oneOf('original', 'matchRmsAdamW'),
  outputAxis: oneOf('first', 'last'),
  useMuon: {
    accepts: (value) => typeof value === 'function' || typeof value === 'boolean',
    expected: 'true, false or a function (entry) => boolean',
  },
  maximize: flag,
  nesterov: flag,
  amsgrad: flag,
  centered: flag,
  biasCorrection: flag,
  epsInsideSqrt: flag,
  decoupledWeightDecay: flag,
  adamWMode: flag,
};

/**
 * Rejects a value that a hyperparameter cannot have.
 *
 * @param type the optimizer, for the message.
 * @param label the name that the user gave the value under, for the message.
 * @param name the hyperparameter; one that has no check (a custom optimizer's own) accepts everything.
 * @throws InvalidArgumentError
 */
export function checkHyperparameter(type: string, label: string, name: string, value: unknown): void {
  const check = checks[name];
  if (check === undefined || check.accepts(value)) return;
  if (value === 'auto') {
    throw new InvalidArgumentError(
      `${type}: ${label} is "auto", which a trainer fills in before DeepSpeed sees it, and nothing does so here. ` +
        `Give ${check.expected}, or leave it out for the default.`,
    );
  }
  const given =
    typeof value === 'string' ? `"${value}"` : Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
  throw new InvalidArgumentError(`${type}: ${label} must be ${check.expected}; got ${given}.`);
}
