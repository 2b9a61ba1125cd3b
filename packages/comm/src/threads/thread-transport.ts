import { createInbox } from '../inbox.ts';
import type { Transfer, Transport } from '../transport.ts';
import type { SharedWorld } from './shared-world.ts';
import { openSharedWorld } from './shared-world.ts';
import { sleepOn } from './sleep-on.ts';
import { createSpin } from './spin.ts';
import { createThreadReach } from './thread-reach.ts';

/** Bytes that wait for room in a stream. */
interface Send extends Transfer {
  readonly channel: number;
  readonly bytes: Uint8Array;
  moved: number;
  done: boolean;
}

/** Connects one thread to the others of its world. */
export function createThreadTransport(world: SharedWorld, rank: number): Transport {
  const { size } = world;
  const state = openSharedWorld(world);
  const { doorbells } = state;
  const own = state.doorbell(rank);
  const inbox = createInbox();
  const peers = Array.from({ length: size }, (_, peer) => peer).filter((peer) => peer !== rank);
  const incoming = peers.map((from) => ({ from, stream: state.stream(from, rank) }));
  const outgoing = peers.map((to) => ({ to, stream: state.stream(rank, to), queue: [] as Send[] }));
  let seen = 0;

  const flush = ({ to, stream, queue }: (typeof outgoing)[number]): void => {
    let any = false;
    while (queue.length > 0) {
      const send = queue[0]!;
      const count = stream.write(send.channel, send.bytes.subarray(send.moved));
      send.moved += count;
      any ||= count > 0;
      if (send.moved < send.bytes.length) break;
      send.done = true;
      queue.shift();
    }
    if (any) state.ring(to);
  };
  const spin = createSpin(doorbells, own);
  const sleepers = state.sleepers(rank);

  return {
    rank,
    size,
    shared: createThreadReach(world.memory, (peer) => state.ring(peer)),
    get failure() {
      return state.failure();
    },
    send(to, channel, bytes) {
      const send: Send = { peer: to, channel, bytes, moved: 0, done: bytes.length === 0 };
      const stream = outgoing[to < rank ? to : to - 1]!;
      stream.queue.push(send);
      if (stream.queue.length === 1) flush(stream);
      return send;
    },
    receive: (from, channel, into) => inbox.receive(from, channel, into),
    poll() {
      seen = Atomics.load(doorbells, own);
      for (const { from, stream } of incoming) {
        // Whoever waits for room must know that there is some.
        if (stream.read((channel, bytes) => inbox.deliver(from, channel, bytes))) state.ring(from);
      }
      for (const stream of outgoing) if (stream.queue.length > 0) flush(stream);
    },
    async wait(milliseconds) {
      if (spin(seen)) return;
      Atomics.add(doorbells, sleepers, 1);
      await sleepOn(doorbells, own, seen, milliseconds);
      Atomics.sub(doorbells, sleepers, 1);
    },
    block(milliseconds) {
      if (spin(seen)) return;
      Atomics.add(doorbells, sleepers, 1);
      Atomics.wait(doorbells, own, seen, milliseconds);
      Atomics.sub(doorbells, sleepers, 1);
    },
    abort: (error) => state.abort(error),
    hasLeft: (peer) => state.hasLeft(peer),
    async close() {
      // Departures overtake nothing: what was sent must have been taken or have found room before.
      while (
        outgoing.some(({ to, queue }) => queue.length > 0 && !state.hasLeft(to)) &&
        state.failure() === undefined
      ) {
        this.poll();
        await this.wait(100);
      }
      state.leave(rank);
    },
  };
}
