import type { CommunicationError } from '../communication-error.ts';
import { decodeError, encodeError } from '../error-text.ts';
import { createNews } from '../news.ts';
import type { Transfer, Transport } from '../transport.ts';
import type { MpiLibrary } from './library.ts';
import { createRequests } from './requests.ts';

interface MpiTransfer extends Transfer {
  moved: number;
  done: boolean;
}

/** MPI counts with 32 bits. */
const largestMessage = 2 ** 30;
/** Ranks tell each other how it ends, in messages of this size: MPI's own tag 0. */
const [endTag, endBytes] = [0, 2048];
/** How long to ask MPI, which yields the core where ranks share one, before another thread waits or this one sleeps. */
const patience = { asynchronous: 0.1, blocking: 5 };
const sleepMilliseconds = 0.05;
/** How long the others get to see why the job ended before MPI kills them. */
const graceMilliseconds = 1000;

/** Connects a process to the others of `MPI_COMM_WORLD`; MPI must have been initialized for several threads. */
export function createMpiTransport(mpi: MpiLibrary): Transport {
  const ask = (call: MpiLibrary['commRank']): number => {
    const answer = new Int32Array(1);
    call(mpi.world, answer);
    return answer[0]!;
  };
  const [rank, size] = [ask(mpi.commRank), ask(mpi.commSize)];
  const requests = createRequests(mpi);
  const news = createNews();
  const request = mpi.createRequests(1);
  const pillow = new Int32Array(new SharedArrayBuffer(4));
  /** How many messages came from each peer, and how many it sent in all, once it has left. */
  const received = new Map<number, number>();
  const sent = new Map<number, number>();
  const departures = new Map<number, number>();
  let failure: CommunicationError | undefined;
  let closed = false;

  const hasFailed = (): boolean => failure !== undefined;

  const start = (call: MpiLibrary['isend'], peer: number, tag: number, bytes: Uint8Array): Transfer => {
    const transfer: MpiTransfer = { peer, moved: 0, done: bytes.length === 0 };
    for (let at = 0; at < bytes.length; at += largestMessage) {
      const piece = bytes.subarray(at, at + largestMessage);
      call(piece, piece.length, mpi.byte, peer, tag, mpi.world, request);
      const finish = (): void => {
        transfer.moved += piece.length;
        transfer.done = transfer.moved === bytes.length;
        if (call === mpi.irecv) received.set(peer, (received.get(peer) ?? 0) + 1);
      };
      requests.add(request, { bytes: piece, finish });
      if (call === mpi.isend) sent.set(peer, (sent.get(peer) ?? 0) + 1);
    }
    return transfer;
  };
  const peers = Array.from({ length: size }, (_, peer) => peer).filter((peer) => peer !== rank);

  /** Hears of the end from each peer: an error, or how many messages it sent before it left in peace. */
  const ends = peers.map((peer) => {
    const bytes = new Uint8Array(endBytes);
    return { peer, bytes, transfer: start(mpi.irecv, peer, endTag, bytes), heard: false };
  });
  const hearEnds = (): void => {
    for (const end of ends) {
      if (end.heard || !end.transfer.done) continue;
      end.heard = true;
      const text = new TextDecoder().decode(end.bytes.subarray(0, end.bytes.indexOf(0)));
      if (/^\d+$/.test(text)) departures.set(end.peer, Number(text));
      else failure ??= decodeError(text);
    }
  };
  const tellEnd = (text: (peer: number) => string): void => {
    for (const peer of peers) {
      const message = new Uint8Array(endBytes);
      new TextEncoder().encodeInto(text(peer), message.subarray(0, -1));
      start(mpi.isend, peer, endTag, message);
    }
  };
  const poll = (): boolean => {
    const any = requests.test();
    if (any) hearEnds();
    return any;
  };
  const pollFor = (milliseconds: number): boolean => {
    const end = performance.now() + milliseconds;
    do {
      for (let look = 0; look < 10; look++) if (poll()) return true;
    } while (performance.now() < end);
    return false;
  };

  // A process that ends early would wait forever for a thread that waits for MPI.
  process.once('exit', (code) => {
    if (!closed) mpi.abort(mpi.world, code === 0 ? 1 : code);
  });

  return {
    rank,
    size,
    get failure() {
      return failure;
    },
    send: (to, channel, bytes) => start(mpi.isend, to, channel + 1, bytes),
    receive: (from, channel, into) => start(mpi.irecv, from, channel + 1, into),
    poll,
    async wait(milliseconds) {
      if (pollFor(Math.min(milliseconds, patience.asynchronous))) return;
      requests.waitElsewhere(() => {
        hearEnds();
        news.wake();
      });
      await news.wait(milliseconds);
    },
    block(milliseconds) {
      const end = performance.now() + milliseconds;
      if (pollFor(Math.min(milliseconds, patience.blocking))) return;
      while (!pollFor(0) && performance.now() < end) Atomics.wait(pillow, 0, 0, sleepMilliseconds);
    },
    abort(error) {
      if (failure !== undefined) return;
      failure = error;
      tellEnd(() => encodeError(error));
      news.wake();
    },
    // Threads report out of order: a departure counts once all that was sent before it has come.
    hasLeft: (peer) => departures.has(peer) && departures.get(peer) === received.get(peer),
    async close() {
      if (closed) return;
      closed = true;
      if (failure === undefined) tellEnd((peer) => String((sent.get(peer) ?? 0) + 1));
      const inPeace = failure === undefined;
      // MPI ends when all have said so.
      while (!hasFailed() && departures.size < peers.length) {
        poll();
        await this.wait(1);
      }
      // Who left in peace reports nothing more, and must not be killed by those who do.
      const given = performance.now() + (inPeace ? graceMilliseconds / 4 : graceMilliseconds);
      while (hasFailed() && performance.now() < given) {
        poll();
        await news.wait(10);
      }
      if (failure === undefined) mpi.finalize();
      else if (!inPeace) mpi.abort(mpi.world, 1);
    },
  };
}
