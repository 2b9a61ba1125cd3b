import { describeValue } from './describe-value.ts';
import { SchedulerError } from './error.ts';
import { isRecord } from './record.ts';

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isFiniteNumber = (value: unknown): value is number => Number.isFinite(value);

type State = Readonly<Record<string, unknown>>;

/** Throws the error for a state that cannot be loaded. */
export function refuseState(where: string, subject: string, given: unknown, expected: string): never {
  throw new SchedulerError(
    `${where}: cannot load this state: '${subject}' must be ${expected}, got ${describeValue(given)}.`,
    { code: 'invalid-state', where, subject, given, expected },
  );
}

/** An integer of at least `least` in `state`. */
export function readCount(state: State, key: string, least: number, where: string): number {
  const value = state[key];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  return refuseState(where, key, value, `an integer >= ${least}`);
}

/** Whether a `last_epoch` says that its scheduler has not begun: `null`, or -1 in states of PyTorch. */
export function isUnstarted(state: State): boolean {
  return state['last_epoch'] === null || state['last_epoch'] === -1;
}

/** A list of `length` finite numbers in `state`. */
export function readNumbers(state: State, key: string, length: number, where: string): readonly number[] {
  const value = state[key];
  if (isList(value) && value.length === length && value.every(isFiniteNumber)) return value;
  return refuseState(where, key, value, `a list of ${length} finite numbers, one per parameter group`);
}

/** A list of `length` states in `state`. */
export function readStates(state: State, key: string, length: number, where: string): readonly State[] {
  const value = state[key];
  if (isList(value) && value.length === length && value.every(isRecord)) return value;
  return refuseState(where, key, value, `a list of ${length} states, one per scheduler`);
}
