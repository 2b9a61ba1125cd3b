import { InvalidArgumentError } from '@ds/tensor';
import type { Operation } from '../call.ts';
import { CallMismatchError, CommunicationError } from '../communication-error.ts';
import type { Communicator } from '../communicator.ts';
import type { Values } from '../format.ts';
import { check } from './check-bits.ts';

/** Arguments that make no sense are rejected without harm to the others. */
export async function invalidCase(communicator: Communicator): Promise<Values[]> {
  const { rank, size } = communicator;
  const floats = new Float32Array(size);
  await rejects('a Uint16Array without a format', communicator.allReduce(new Uint16Array(2)));
  await rejects('a wrong format', communicator.allReduce(floats, { format: 'int32' }));
  await rejects(
    'an unknown operation',
    communicator.allReduce(floats, { operation: 'product' as Operation }),
  );
  await rejects('a sum of bytes', communicator.allReduce(new Uint8Array(2)));
  await rejects('a mean of integers', communicator.allReduce(new Int32Array(2), { operation: 'mean' }));
  await rejects('a short target', communicator.reduceScatter(floats, new Float32Array(0)));
  await rejects('two formats', communicator.allGather(new Int32Array(1), floats));
  await rejects('wrong counts', communicator.allGather(new Float32Array(1), floats, { counts: [size + 1] }));
  await rejects('a root outside', communicator.broadcast(floats, size));
  await rejects('a message to oneself', communicator.send(floats, rank));
  await rejects('half the counts', communicator.allToAll(floats, floats, { sendCounts: [size] }));
  await rejects('a negative color', communicator.split(-1));
  await communicator.barrier();
  return [];
}

/** One rank calls something else. */
export async function mismatchCase(communicator: Communicator): Promise<void> {
  const { rank } = communicator;
  await communicator.barrier();
  const call = rank === 1 ? communicator.barrier() : communicator.allReduce(new Float32Array(3));
  const error = await failure(call);
  check(CallMismatchError.isInstance(error), `threw ${String(error)} instead of a CallMismatchError.`);
  check(/rank(s [\d, ]*)? ?1 called barrier\(\) as call 1/.test(error.message), error.message);
  check(error.message.includes('called allReduce(sum of 3 float32) as call 1'), error.message);
  const after = await failure(communicator.barrier());
  check(CommunicationError.isInstance(after), 'a communicator that failed must stay failed.');
}

/** One rank has another length. */
export async function lengthCase(communicator: Communicator): Promise<void> {
  const last = communicator.size - 1;
  const error = await failure(communicator.allReduce(new Float32Array(communicator.rank === last ? 4 : 3)));
  check(CallMismatchError.isInstance(error), `threw ${String(error)} instead of a CallMismatchError.`);
  check(error.message.includes(`rank ${last} called allReduce(sum of 4 float32) as call 0`), error.message);
}

/** One rank leaves while the others go on. */
export async function leaveCase(communicator: Communicator): Promise<void> {
  await communicator.barrier();
  if (communicator.rank === 1) {
    await communicator.close();
    return;
  }
  const error = await failure(communicator.barrier());
  check(CommunicationError.isInstance(error) && error.ranks.join() === '1', `threw ${String(error)}.`);
  check(/rank 1/i.test(error.message), error.message);
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  return undefined;
}

async function rejects(what: string, call: Promise<unknown>): Promise<void> {
  const error = await failure(call);
  check(
    InvalidArgumentError.isInstance(error),
    `${what} must be an InvalidArgumentError, got ${String(error)}.`,
  );
}
