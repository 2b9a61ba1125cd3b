import { InvalidArgumentError, InvalidStateError, UnknownNameError } from '@ds/tensor';
import type { Call } from './call.ts';
import { describeCall } from './call.ts';
import { RankFailedError } from './communication-error.ts';
import type { BlockingCollectives, Collectives, Communicator } from './communicator.ts';
import type { Patience } from './drive.ts';
import { drive, driveBlocking } from './drive.ts';
import type { ArrayOf, Format } from './format.ts';
import { bytesOf, elementBytes, formats, valuesOver } from './format.ts';
import type { World } from './group.ts';
import { createGroup } from './group.ts';
import { createLedger, theoreticalBytes } from './ledger.ts';
import type { Plan } from './plans.ts';
import { createPlans, splitPlan } from './plans.ts';
import { createReducer } from './reducer.ts';
import { readSplit, splitRecord } from './split.ts';
import type { Transport } from './transport.ts';

/** How long ranks wait for each other. */
export interface CommunicatorOptions {
  /** Milliseconds after which a rank that does not move counts as lost; default 10 000. */
  readonly timeout?: number;
}

/**
 * Creates the communicator of all ranks of a transport.
 *
 * @throws InvalidArgumentError when the timeout is not a positive number.
 */
export function createCommunicator(
  transport: Transport,
  { timeout = 10_000 }: CommunicatorOptions = {},
): Communicator {
  if (!(timeout > 0))
    throw new InvalidArgumentError(`timeout must be a positive number of ms, got ${timeout}.`);
  const world: World = { transport, timeout, ledger: createLedger(), reducer: createReducer(), nextGroup: 1 };
  return createMember(
    world,
    0,
    'world',
    Array.from({ length: transport.size }, (_, rank) => rank),
  );
}

function createMember(world: World, id: number, name: string, members: readonly number[]): Communicator {
  const { transport, timeout, ledger } = world;
  const group = createGroup(world, id, name, members);
  const plans = createPlans(group);
  const sequences = new Map<string, number>();
  /** Calls of the same lane wait for each other: collectives, and what comes from the same rank. */
  const lanes = new Map<string, Promise<void>>();

  /** Numbers a call, and enters it in the ledger. */
  const begin = (plan: Plan): { readonly call: Call; readonly patience: Patience } => {
    if (transport.failure !== undefined) throw transport.failure;
    const lane = laneOf(plan);
    const sequence = sequences.get(lane) ?? 0;
    sequences.set(lane, sequence + 1);
    const call = { ...plan.call, sequence };
    const theoryBytes = theoreticalBytes(call.kind, plan.bytes, group.members.length);
    ledger.add(call.kind, { ...plan, theoryBytes });
    return { call, patience: { transport, timeout, what: () => `${describeCall(call)} of group ${name}` } };
  };

  const run = async (plan: Plan): Promise<void> => {
    const { call, patience } = begin(plan);
    const lane = laneOf(plan);
    const before = lanes.get(lane);
    const start = (): Promise<void> => drive(plan.steps(call), patience);
    const done = before === undefined ? start() : before.then(start);
    lanes.set(lane, done);
    try {
      await done;
    } finally {
      if (lanes.get(lane) === done) lanes.delete(lane);
    }
  };

  const runBlocking = (plan: Plan, block: (milliseconds: number) => void): void => {
    if (lanes.has(laneOf(plan))) {
      throw new InvalidStateError('A blocking call must not overtake asynchronous ones: await them first.');
    }
    const { call, patience } = begin(plan);
    driveBlocking(plan.steps(call), patience, block);
  };

  const { block } = transport;
  const blocking: BlockingCollectives | undefined =
    block === undefined ? undefined : perform(plans, (plan) => runBlocking(plan(), block.bind(transport)));
  return {
    // Faults of arguments, too, are rejections.
    ...perform(plans, async (plan) => run(plan())),
    rank: group.index,
    size: members.length,
    members,
    blocking,
    ledger,
    async split(color, key = group.index) {
      const records = new Uint8Array(members.length * splitRecord.bytes);
      await run(splitPlan(group, splitRecord.encode({ color, key, nextGroup: world.nextGroup }), records));
      const { id: newId, members: chosen, nextGroup } = readSplit(records, group.index);
      world.nextGroup = nextGroup;
      if (color === undefined) return undefined;
      return createMember(
        world,
        newId,
        `${name}/${color}`,
        chosen.map((index) => members[index]!),
      );
    },
    allocate<F extends Format = 'float32'>(length: number, format = 'float32' as F): ArrayOf<F> {
      const bytes = checkedBytes(length, format);
      if (transport.shared === undefined || bytes === 0) return valuesOver(new Uint8Array(bytes), format);
      return valuesOver(transport.shared.view(transport.shared.allocate(bytes), bytes), format);
    },
    free(values) {
      if (values.length > 0) transport.shared?.free(transport.shared.addressOf(bytesOf(values)));
    },
    abort(reason) {
      transport.abort(new RankFailedError(`Rank ${transport.rank} gave up: ${reason}`, [transport.rank]));
    },
    async close() {
      if (id === 0) await transport.close();
    },
  };
}

function checkedBytes(length: number, format: Format): number {
  if (!formats.includes(format)) throw new UnknownNameError('format', format, formats);
  if (Number.isSafeInteger(length) && length >= 0) return length * elementBytes[format];
  throw new InvalidArgumentError(`length must be a whole number of 0 or more, got ${length}.`);
}

function laneOf({ peer }: Plan): string {
  return peer === undefined ? 'all' : `${peer.receives ? 'from' : 'to'} ${peer.index}`;
}

/** Gives every plan to `act`. */
function perform<Result>(plans: Collectives<Plan>, act: (plan: () => Plan) => Result): Collectives<Result> {
  return {
    allReduce: (...given) => act(() => plans.allReduce(...given)),
    reduceScatter: (...given) => act(() => plans.reduceScatter(...given)),
    allGather: (...given) => act(() => plans.allGather(...given)),
    broadcast: (...given) => act(() => plans.broadcast(...given)),
    allToAll: (...given) => act(() => plans.allToAll(...given)),
    send: (...given) => act(() => plans.send(...given)),
    recv: (...given) => act(() => plans.recv(...given)),
    barrier: () => act(() => plans.barrier()),
  };
}
