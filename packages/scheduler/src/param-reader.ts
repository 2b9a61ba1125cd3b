import { describeValue } from './describe-value.ts';
import { SchedulerError } from './error.ts';
import { nearestName } from './nearest-name.ts';
import type { NumberKind } from './number-kind.ts';
import { isRecord } from './record.ts';

/** Reads the `params` of a config strictly; a default makes a parameter optional. */
export interface ParamReader {
  /** Declares the names there are; throws for any other. Call it first. */
  allow(...names: readonly string[]): void;
  number(name: string, kind: NumberKind, fallback?: number): number;
  /** A number, or `undefined` where it is left out or `null`. */
  optionalNumber(name: string, kind: NumberKind): number | undefined;
  boolean(name: string, fallback: boolean): boolean;
  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T;
  /** Any string. */
  text(name: string, fallback: string): string;
  list(name: string): readonly unknown[];
  /** A number for all groups or a list with one per group. */
  perGroup(name: string, kind: NumberKind, fallback?: number): readonly number[];
  /** `perGroup`, or `undefined` where it is left out or `null`. */
  optionalPerGroup(name: string, kind: NumberKind): readonly number[] | undefined;
  /** Throws that the value of `name` is not what was expected. */
  refuse(name: string, expected: string, given: unknown): never;
}

/** The reader of `params`; none is the same as an empty object. */
export function createParamReader(where: string, params: unknown, groupCount: number): ParamReader {
  const record = params ?? {};
  const values = isRecord(record) ? record : refuse('params', 'an object of parameters', params);

  function refuse(name: string, expected: string, given: unknown, nearest?: string): never {
    const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
    throw new SchedulerError(`${where}: '${name}' must be ${expected}, got ${describeValue(given)}.${hint}`, {
      code: 'invalid-value',
      where,
      subject: name,
      given,
      expected,
      nearest,
    });
  }

  /** The value of `name` or its default; a required one that is missing is named. */
  function get(name: string, expected: string, fallback: unknown): unknown {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) return value;
    if (fallback !== undefined) return fallback;
    throw new SchedulerError(`${where}: the required parameter '${name}' is missing; give it ${expected}.`, {
      code: 'missing-parameter',
      where,
      subject: name,
      expected,
    });
  }

  const check = (name: string, kind: NumberKind, value: unknown): number =>
    typeof value === 'number' && kind.test(value) ? value : refuse(name, kind.expected, value);
  const isAbsent = (name: string): boolean => values[name] === undefined || values[name] === null;

  const reader: ParamReader = {
    refuse,
    allow(...names) {
      for (const name of Object.keys(values)) {
        if (names.includes(name)) continue;
        const nearest = nearestName(name, names);
        const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
        throw new SchedulerError(
          `${where}: unknown parameter '${name}'.${hint} It takes: ${names.join(', ')}.`,
          {
            code: 'unknown-parameter',
            where,
            subject: name,
            nearest,
          },
        );
      }
    },
    number: (name, kind, fallback) => check(name, kind, get(name, kind.expected, fallback)),
    optionalNumber: (name, kind) => (isAbsent(name) ? undefined : check(name, kind, values[name])),
    boolean(name, fallback) {
      const value = get(name, 'true or false', fallback);
      return typeof value === 'boolean' ? value : refuse(name, 'true or false', value);
    },
    choice(name, choices, fallback) {
      const expected = `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
      const value = get(name, expected, fallback);
      const found = choices.find((choice) => choice === value);
      if (found !== undefined) return found;
      return refuse(
        name,
        expected,
        value,
        typeof value === 'string' ? nearestName(value, choices) : undefined,
      );
    },
    text(name, fallback) {
      const value = get(name, 'a string', fallback);
      return typeof value === 'string' ? value : refuse(name, 'a string', value);
    },
    list(name) {
      const value = get(name, 'a list', undefined);
      return Array.isArray(value) ? (value as unknown[]) : refuse(name, 'a list', value);
    },
    perGroup(name, kind, fallback) {
      const value = get(name, kind.expected, fallback);
      if (!Array.isArray(value)) return Array.from({ length: groupCount }, () => check(name, kind, value));
      if (value.length !== groupCount) {
        refuse(name, `a number or a list of ${groupCount}, one per parameter group`, value);
      }
      return value.map((item, index) => check(`${name}[${index}]`, kind, item));
    },
    optionalPerGroup: (name, kind) => (isAbsent(name) ? undefined : reader.perGroup(name, kind)),
  };
  return reader;
}
