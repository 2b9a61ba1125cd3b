import type { LedgerBook } from './ledger.ts';
import type { Reducer } from './reducer.ts';
import type { Transport } from './transport.ts';

/** What all communicators of one rank share. */
export interface World {
  readonly transport: Transport;
  /** Milliseconds. */
  readonly timeout: number;
  readonly ledger: LedgerBook;
  readonly reducer: Reducer;
  /** Number that no group of this rank has yet. */
  nextGroup: number;
}

/** Ranks that call together, as one of them sees them. */
export interface Group {
  readonly transport: Transport;
  /** For error messages. */
  readonly name: string;
  /** Of collectives; messages between two ranks have the next one. */
  readonly channel: number;
  /** The ranks by their numbers in the world; a rank of the group is a position in here. */
  readonly members: readonly number[];
  /** Positions of all but the own. */
  readonly others: readonly number[];
  /** The own position. */
  readonly index: number;
  readonly reducer: Reducer;
}

/** Describes group number `id`; the world is 0. */
export function createGroup(world: World, id: number, name: string, members: readonly number[]): Group {
  const { transport, reducer } = world;
  const index = members.indexOf(transport.rank);
  const others = Array.from(members.keys()).filter((each) => each !== index);
  return { transport, name, channel: 2 * id, members, others, index, reducer };
}
