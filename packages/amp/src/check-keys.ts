import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import { describeValue } from './describe-value.ts';
import { largestScale, smallestScale } from './scale-rule.ts';

/** What a key's value must be. */
export interface Check {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

export const flag: Check = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };

export const scale: Check = {
  expected: 'a number from 2 ** -126 to 2 ** 126, so that float32 can hold it and its reciprocal',
  accepts: (value) => typeof value === 'number' && value >= smallestScale && value <= largestScale,
};

export const whole = (from: number, to: number = Number.POSITIVE_INFINITY): Check => ({
  expected: Number.isFinite(to) ? `a whole number from ${from} to ${to}` : `a whole number, ${from} or more`,
  accepts: (value) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
});

/** Rejects unknown keys and values that fail their check; keys that are `undefined` are left out. */
export function checkKeys<Key extends string>(
  section: string,
  config: Partial<Readonly<Record<Key, unknown>>>,
  known: Readonly<Record<Key, Check>>,
): void {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new InvalidArgumentError(
      `${section} must be an object of keys and values; got ${describeValue(config)}.`,
    );
  }
  for (const [key, value] of Object.entries(config)) {
    if (!Object.hasOwn(known, key)) throw new UnknownNameError(`${section} key`, key, Object.keys(known));
    const check = known[key as Key];
    if (value === undefined || check.accepts(value)) continue;
    throw new InvalidArgumentError(
      value === 'auto'
        ? `${section}: "${key}" is "auto", which stands for a value that Hugging Face's Trainer fills in. ` +
            `Give ${check.expected}, or leave it out for the default.`
        : `${section}: "${key}" must be ${check.expected}; got ${describeValue(value)}.`,
    );
  }
}
