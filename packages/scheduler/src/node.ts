import type { SchedulerState } from './lr-scheduler.ts';
import type { ParamGroup } from './optimizer.ts';
import type { ParamReader } from './param-reader.ts';

/**
 * A scheduler without its public shell, so that schedulers can hold schedulers.
 *
 * A node writes the groups and keeps its own count. `lr-scheduler-shell.ts` gives it state and errors.
 */
export interface Node {
  /** Begins at the groups' present lr, at construction. */
  start(): void;
  /** Begins at the base lr, whatever came before: a later stage of a sequence. */
  restart(): void;
  advance(metric: number | undefined): void;
  save(): SchedulerState;
  /** Restores counts and writes what follows from them; the shell then writes the recorded lr. */
  load(state: Readonly<Record<string, unknown>>): void;
  /** Whether the lr cannot be computed from the counts alone, so that a state must record it. */
  readonly needsLastLr: boolean;
}

/** What a node is built from. */
export interface NodeContext {
  /** How messages call this scheduler. */
  readonly where: string;
  readonly params: ParamReader;
  /** The optimizer's groups, read anew each time. */
  groups(): readonly ParamGroup[];
  /** The groups' lr before any scheduler touched them; the shell may refill it from a state. */
  readonly baseLrs: readonly number[];
  warn(message: string): void;
  /** Builds a scheduler given in a parameter, at `path` of this one. */
  build(config: unknown, path: string): { readonly type: string; readonly node: Node };
}

/** Makes the node of one scheduler type. */
export type NodeFactory = (context: NodeContext) => Node;
