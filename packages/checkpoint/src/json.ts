import { CheckpointError } from './error.ts';

/** Marks a number that JSON cannot hold. */
const NUMBER_KEY = '$number';

/**
 * Encodes plain data as JSON, numbers exact: NaN, the infinities and -0, which JSON lacks, are written as
 * `{"$number": "Infinity"}`. A property that is `undefined` is left out.
 *
 * @param file names the file in messages.
 * @throws CheckpointError naming what would not come back as it was: functions, class instances, typed arrays, bigints.
 */
export function encodeJson(value: unknown, file: string): Uint8Array {
  let text: string;
  try {
    text = JSON.stringify(value, exactly, 2);
  } catch (cause) {
    throw new CheckpointError(
      `${file} cannot be written: ${(cause as Error).message} Convert it to plain data first; arrays of many numbers ` +
        'belong in `tensors`.',
      { file, cause },
    );
  }
  return new TextEncoder().encode(`${text}\n`);
}

/** Decodes what `encodeJson` wrote. Other JSON comes back as `JSON.parse` reads it. */
export function decodeJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, NUMBER_KEY)) return value;
    return Number((value as Record<string, unknown>)[NUMBER_KEY]);
  }) as unknown;
}

/** A replacer for `JSON.stringify` that lets nothing change in silence. `this` is the object that holds the key. */
function exactly(this: Record<string, unknown>, key: string, given: unknown): unknown {
  // `given` has been through `toJSON`: a Date would look like the text that it becomes.
  const original = this[key];
  if (typeof original === 'number') return encodeNumber(original);
  const isNeeded = key === '' || Array.isArray(this);
  const problem = problemOf(original, isNeeded);
  if (problem === undefined) return given;
  throw new TypeError(
    `${key === '' ? 'the value' : `"${key}"`} is ${problem}, which JSON does not give back as it is.`,
  );
}

function encodeNumber(value: number): unknown {
  if (Object.is(value, -0)) return { [NUMBER_KEY]: '-0' };
  return Number.isFinite(value) ? value : { [NUMBER_KEY]: String(value) };
}

/** Says what `value` is when JSON cannot hold it. */
function problemOf(value: unknown, isNeeded: boolean): string | undefined {
  if (value === undefined) return isNeeded ? 'undefined' : undefined;
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    return `a ${typeof value}`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    return `an instance of ${(value as { constructor?: { name?: string } }).constructor?.name ?? 'a class'}`;
  }
  return Object.hasOwn(value, NUMBER_KEY) ? `an object with the key "${NUMBER_KEY}"` : undefined;
}
