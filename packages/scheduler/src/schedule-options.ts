import { describeValue } from './describe-value.ts';
import { SchedulerError } from './error.ts';
import { nearestName } from './nearest-name.ts';
import type { NumberKind } from './number-kind.ts';

/** Throws unless `value` is a number of the given kind. */
export function requireNumber(where: string, subject: string, value: unknown, kind: NumberKind): void {
  if (typeof value === 'number' && kind.test(value)) return;
  throw new SchedulerError(`${where}: '${subject}' must be ${kind.expected}, got ${describeValue(value)}.`, {
    code: value === undefined ? 'missing-parameter' : 'invalid-value',
    where,
    subject,
    given: value,
    expected: kind.expected,
  });
}

/** Throws unless `value` is one of `choices`, and names the nearest. */
export function requireChoice(
  where: string,
  subject: string,
  value: unknown,
  choices: readonly string[],
): void {
  if (typeof value === 'string' && choices.includes(value)) return;
  const expected = `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
  const nearest = typeof value === 'string' ? nearestName(value, choices) : undefined;
  const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
  throw new SchedulerError(
    `${where}: '${subject}' must be ${expected}, got ${describeValue(value)}.${hint}`,
    {
      code: 'invalid-value',
      where,
      subject,
      given: value,
      expected,
      nearest,
    },
  );
}

/** Throws for an option that `where` does not have, so that a misspelt one is not silently ignored. */
export function requireKnownOptions(where: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const expected = `an options object { ${names.join(', ')} }`;
    throw new SchedulerError(`${where}: expected ${expected}, got ${describeValue(options)}.`, {
      code: 'invalid-value',
      where,
      given: options,
      expected,
    });
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
    throw new SchedulerError(`${where}: unknown option '${name}'.${hint} It takes: ${names.join(', ')}.`, {
      code: 'unknown-parameter',
      where,
      subject: name,
      nearest,
    });
  }
}
