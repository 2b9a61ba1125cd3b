export { CallMismatchError, CommunicationError, RankFailedError } from './communication-error.ts';
export { createCommunicator } from './create-communicator.ts';
export { evenCounts } from './even-counts.ts';
export { theoreticalBytes } from './ledger.ts';
export { joinMpi } from './mpi/join-mpi.ts';
export { launch, startRanks } from './threads/launch.ts';
export { runRank } from './threads/run-rank.ts';
export { joinRelay } from './websocket/join-relay.ts';
export { startRelay } from './websocket/relay.ts';

export type { CallKind, Operation } from './call.ts';
export type {
  AllToAllOptions,
  BlockingCollectives,
  Collectives,
  Communicator,
  FormatOptions,
  PartOptions,
  ReduceOptions,
} from './communicator.ts';
export type { CommunicatorOptions } from './create-communicator.ts';
export type { ArrayOf, Format, Values } from './format.ts';
export type { Ledger, LedgerEntry } from './ledger.ts';
export type { Transfer, Transport } from './transport.ts';
export type { LaunchOptions, RunningRanks } from './threads/launch.ts';
export type { JoinRelayOptions } from './websocket/join-relay.ts';
export type { Relay, RelayOptions } from './websocket/relay.ts';
