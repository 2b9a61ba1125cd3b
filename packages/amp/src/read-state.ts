import { InvalidArgumentError } from '@ds/tensor';
import type { Check } from './check-keys.ts';
import { describeValue } from './describe-value.ts';

/** Reads one number of a saved state; a fallback makes it optional. */
export type StateReader = (key: string, check: Check, fallback?: number) => number;

/** A reader of saved numbers that names what is wrong. Keys it is not asked for are ignored. */
export function readState(what: string, state: unknown): StateReader {
  if (typeof state !== 'object' || state === null) {
    throw new InvalidArgumentError(
      `${what} loads what its stateDict() returned; got ${describeValue(state)}.`,
    );
  }
  return (key, { expected, accepts }, fallback) => {
    const value = (state as Readonly<Record<string, unknown>>)[key] ?? fallback;
    if (typeof value === 'number' && accepts(value)) return value;
    throw new InvalidArgumentError(
      `${what} cannot load this state: "${key}" must be ${expected}; got ${describeValue(value)}.`,
    );
  };
}
