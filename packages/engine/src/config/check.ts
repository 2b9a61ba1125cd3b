import { nearestName } from '@ds/tensor';
import type { ConfigProblem } from '../errors.ts';

/** Looks at one value of a configuration and reports what is wrong with it. */
export type Check = (value: unknown, path: string, report: (problem: ConfigProblem) => void) => void;

/** A check for every key of a section; the compiler sees to it that none is forgotten or made up. */
export type Checks<Section> = { readonly [Key in keyof Required<Section>]: Check };

/** Accepts values for which `accepts` holds. `expected` completes "must be ...". */
export function value(expected: string, accepts: (value: unknown) => boolean): Check {
  return (given, path, report) => {
    if (!accepts(given))
      report({ path, message: `"${path}" must be ${expected}; it is ${describe(given)}.` });
  };
}

/** Whole numbers from 1 on. */
export const count: Check = value(
  'a whole number, 1 or more',
  (given) => Number.isSafeInteger(given) && (given as number) > 0,
);

/** Finite numbers from 0 on; `hint` says what 0 means. */
export function nonNegative(hint = ''): Check {
  return value(
    `a finite number, 0 or more${hint}`,
    (given) => typeof given === 'number' && Number.isFinite(given) && given >= 0,
  );
}

/** Finite numbers above 0. */
export const positive: Check = value(
  'a finite number above 0',
  (given) => typeof given === 'number' && Number.isFinite(given) && given > 0,
);

/** True or false. */
export const boolean: Check = value('true or false', (given) => typeof given === 'boolean');

/** One of a few names. */
export function oneOf(...names: readonly string[]): Check {
  return (given, path, report) => {
    if (typeof given === 'string' && names.includes(given)) return;
    const nearest = typeof given === 'string' ? nearestName(given, names) : undefined;
    const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    const choices = names.map((name) => `"${name}"`).join(' or ');
    report({ path, message: `"${path}" must be ${choices}; it is ${describe(given)}.${hint}` });
  };
}

/** What DeepSpeed can do and this version cannot: `accepted` passes, any other value of `type` is refused. */
export function onlyYet(accepted: unknown, type: Check, what: string): Check {
  return (given, path, report) => {
    if (given === accepted) return;
    const before: ConfigProblem[] = [];
    type(given, path, (problem) => before.push(problem));
    if (before.length > 0) {
      for (const problem of before) report(problem);
      return;
    }
    report({
      path,
      message:
        `"${path}" is ${describe(given)}, but ${what} is not in this version. ` +
        `Set it to ${describe(accepted)} or leave it out.`,
    });
  };
}

/**
 * An object with known keys.
 *
 * @param later keys that DeepSpeed knows and this version does not.
 */
export function section<Section>(checks: Checks<Section>, later: readonly string[] = []): Check {
  const byName = new Map<string, Check>(Object.entries(checks));
  const known = Object.keys(checks);
  known.sort();
  return (given, path, report) => {
    if (!isRecord(given)) {
      const what = path === '' ? 'It' : `"${path}"`;
      report({ path, message: `${what} must be an object; it is ${describe(given)}.` });
      return;
    }
    for (const [name, entry] of Object.entries(given)) {
      const inner = path === '' ? name : `${path}.${name}`;
      const check = byName.get(name);
      if (check === undefined) report({ path: inner, message: unknownKey(inner, name, known, later) });
      // A key that is there with `undefined` is a key left out, as everywhere in JavaScript.
      else if (entry !== undefined) check(entry, inner, report);
    }
  };
}

function unknownKey(path: string, name: string, known: readonly string[], later: readonly string[]): string {
  if (later.includes(name)) {
    return `"${path}" is a key of DeepSpeed that this version does not understand yet. Leave it out.`;
  }
  // DeepSpeed's and PyTorch's word for groups.
  const isGroups = name === 'param_groups' && known.includes('groups');
  const nearest = isGroups ? 'groups' : nearestName(name, [...known, ...later]);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  return `There is no key "${path}".${hint} Known here: ${known.join(', ')}.`;
}

/** Tells whether a value is an object with named fields. */
export function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

/** A value as people would write it, with its type where that is the mistake. */
function describe(given: unknown): string {
  if (typeof given === 'string') return `the text "${given}"`;
  if (Array.isArray(given)) return `a list of ${given.length}`;
  if (isRecord(given)) return `an object (${Object.keys(given).join(', ') || 'empty'})`;
  return String(given);
}
