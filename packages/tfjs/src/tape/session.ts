import { InvalidStateError } from '@ds/tensor';
import type { Scope, TapeNode } from '../tfjs-internals.ts';
import { engineState } from '../tfjs-internals.ts';
import type { Recording } from './recording.ts';
import { releaseSaved } from './reached.ts';
import { release } from './release.ts';

/**
 * What all open recordings share, because the engine has one tape and one stack of scopes.
 *
 * Almost always there is one recording. Two models may be between forward and backward at once, though (a pair of
 * adversaries, ranks in one process); then an operation outside of any block may belong to both of them.
 */
export interface Session {
  readonly recordings: Set<Recording>;
  /** Operations outside of any block: the caller's, from output to loss. */
  readonly head: TapeNode[];
  /** Holds the tensors of those operations. Lies below all other scopes, so that a caller's `tidy` ends as it should. */
  readonly scope: Scope;
  /** What the recordings that are over have left to be released when the session ends: until then others may need it. */
  readonly released: Released[];
}

/** Tells by a tensor's id whether it was a recording's own. Scopes hold other people's tensors as well. */
export type Released = (id: number) => boolean;

let session: Session | undefined;

/**
 * Adds a recording to the session, and begins one when there is none.
 *
 * @param previous when the same model recorded before, `began` of that. Recordings that were open then and still are
 * have been given up (an exception, a model that nobody uses any more), and must not grow for ever: they are closed.
 * @throws InvalidStateError inside a function that tfjs itself differentiates.
 */
export function joinSession(recording: Recording, previous = 0): Session {
  const state = engineState();
  if (state.gradientDepth > (session === undefined ? 0 : 1)) {
    throw new InvalidStateError(
      'forward() was called inside tf.grad, tf.variableGrads or an optimizer.minimize, which keep a tape of ' +
        'their own. Call evaluate() there: it takes part in theirs.',
    );
  }
  for (const open of session?.recordings ?? []) if (open.began < previous) open.close([], previous);
  if (session === undefined) {
    const scope: Scope = { id: state.nextScopeId++, name: 'recording', track: [] };
    state.scopeStack.unshift(scope);
    state.activeScope ??= scope;
    session = { recordings: new Set(), head: [], scope, released: [] };
    state.activeTape = session.head;
    state.gradientDepth = 1;
  }
  session.recordings.add(recording);
  return session;
}

/**
 * Takes a recording out; the last one ends the session and releases what is not kept of all recordings' tensors.
 *
 * @param nodes what its blocks recorded. The others inherit it: their losses may depend on it.
 * @param released tells which tensors are the recording's own.
 */
export function leaveSession(recording: Recording, nodes: readonly TapeNode[], released: Released): void {
  if (session === undefined || !session.recordings.delete(recording)) return;
  session.released.push(released);
  if (session.recordings.size > 0) {
    // Sorted in place: this array is where tfjs records.
    session.head.push(...nodes);
    session.head.sort((a, b) => a.id - b.id);
    return;
  }
  releaseSaved(nodes);
  releaseSaved(session.head);
  const { scope } = session;
  const state = engineState();
  for (const open of state.scopeStack) open.track = sweep(open.track, session);
  state.scopeStack = state.scopeStack.filter((open) => open !== scope);
  state.activeScope = state.scopeStack.at(-1) ?? null;
  state.gradientDepth = 0;
  state.activeTape = null;
  session = undefined;
}

/** Disposes the recordings' tensors; returns those that are the business of the scope that tracks them. */
function sweep(tracked: Scope['track'], { released }: Session): Scope['track'] {
  return tracked.filter((tensor) => {
    const isOurs = released.some((isReleased) => isReleased(tensor.id));
    if (isOurs && !tensor.kept) release(tensor);
    return !isOurs;
  });
}

/** Runs `body` without recording, unless tfjs itself is differentiating a function that it is part of. */
export function withoutTape<T>(body: () => T): T {
  const state = engineState();
  const { gradientDepth, activeTape } = state;
  if (gradientDepth > (session === undefined ? 0 : 1)) return body();
  state.gradientDepth = 0;
  state.activeTape = null;
  try {
    return body();
  } finally {
    state.gradientDepth = gradientDepth;
    state.activeTape = activeTape;
  }
}

/** Runs `body` outside of all scopes: what it makes, itself or in callbacks, is disposed by nobody else. */
export function withoutScopes<T>(body: () => T): T {
  const state = engineState();
  const { scopeStack, activeScope } = state;
  state.scopeStack = [];
  state.activeScope = null;
  try {
    return body();
  } finally {
    state.scopeStack = scopeStack;
    state.activeScope = activeScope;
  }
}
