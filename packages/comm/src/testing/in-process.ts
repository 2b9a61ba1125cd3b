import type { CommunicationError } from '../communication-error.ts';
import type { Communicator } from '../communicator.ts';
import type { CommunicatorOptions } from '../create-communicator.ts';
import { createCommunicator } from '../create-communicator.ts';
import type { Inbox } from '../inbox.ts';
import { createInbox } from '../inbox.ts';
import type { News } from '../news.ts';
import { createNews } from '../news.ts';
import type { Transport } from '../transport.ts';

/** One rank of a process in which all ranks live. */
interface Seat {
  readonly inbox: Inbox;
  readonly news: News;
  failure: CommunicationError | undefined;
  closed: boolean;
}

/**
 * Creates communicators for ranks that live in one thread and take turns at every `await`: for tests.
 *
 * They have no blocking form.
 *
 * @example
 * const ranks = createInProcessRanks(2);
 * await Promise.all(ranks.map((communicator) => communicator.barrier()));
 */
export function createInProcessRanks(size: number, options?: CommunicatorOptions): Communicator[] {
  const seats = Array.from({ length: size }, createSeat);
  return seats.map((seat, rank) => createCommunicator(createTransport(seats, seat, rank), options));
}

function createSeat(): Seat {
  return { inbox: createInbox(), news: createNews(), failure: undefined, closed: false };
}

function createTransport(seats: readonly Seat[], own: Seat, rank: number): Transport {
  return {
    rank,
    size: seats.length,
    get failure() {
      return own.failure;
    },
    send(to, channel, bytes) {
      seats[to]!.inbox.deliver(rank, channel, bytes);
      seats[to]!.news.wake();
      return { peer: to, moved: bytes.length, done: true };
    },
    receive: (from, channel, into) => own.inbox.receive(from, channel, into),
    poll() {},
    wait: (milliseconds) => own.news.wait(milliseconds),
    abort(error) {
      for (const seat of seats) {
        seat.failure ??= error;
        seat.news.wake();
      }
    },
    hasLeft: (peer) => seats[peer]!.closed,
    async close() {
      own.closed = true;
      for (const seat of seats) seat.news.wake();
    },
  };
}
