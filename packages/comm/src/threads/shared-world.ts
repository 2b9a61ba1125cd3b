import { InvalidArgumentError, UnavailableError } from '@ds/tensor';
import type { CommunicationError } from '../communication-error.ts';
import { decodeError, encodeError } from '../error-text.ts';
import type { Ring } from './ring.ts';
import { createRing, ringBytes } from './ring.ts';

/** Bytes between what different threads write, so that their caches do not get in each other's way. */
const line = 64;
/** Room for the error that ended the job. */
const errorBytes = 4096;
const [stateIndex, errorLengthIndex] = [0, 1];
/** What the state goes through. */
const [running, failing, failed] = [0, 1, 2];

/** The memory that the ranks of one process share, which is all they have in common. */
export interface SharedWorld {
  readonly memory: WebAssembly.Memory;
  readonly size: number;
}

/** A view of the shared memory: what ranks and the launcher do with it. */
export interface SharedState {
  /** Counts what has happened to a rank; it sleeps on its element. */
  readonly doorbells: Int32Array;
  /** The element of a rank in `doorbells`. */
  doorbell(rank: number): number;
  /** The element that counts who must be woken when a rank's doorbell rings. */
  sleepers(rank: number): number;
  /** Tells a rank that something has changed. */
  ring(rank: number): void;
  /** The stream of bytes from one rank to another. */
  stream(from: number, to: number): Ring;
  hasLeft(rank: number): boolean;
  leave(rank: number): void;
  /** Why the job has ended, if it has. */
  failure(): CommunicationError | undefined;
  /** Ends the job, unless it has ended already. */
  abort(error: CommunicationError): void;
}

/** Room for a stream: less for many ranks, since every two have two. */
function streamBytes(size: number): number {
  return 2 ** Math.max(14, 19 - Math.ceil(Math.log2(size)));
}

/**
 * Allocates the memory of a new world.
 *
 * @throws UnavailableError where memory cannot be shared: pages must be cross-origin isolated.
 */
export function createSharedWorld(size: number): SharedWorld {
  if (!Number.isSafeInteger(size) || size < 1 || size > 128) {
    throw new InvalidArgumentError(`ranks must be a whole number from 1 to 128, got ${size}.`);
  }
  if (typeof SharedArrayBuffer === 'undefined') {
    throw new UnavailableError(
      'Threads need SharedArrayBuffer, which pages have only if they are served with the headers ' +
        '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp".',
    );
  }
  const bytes = errorBytes + line * (1 + size) + size * size * ringBytes(streamBytes(size));
  const pages = Math.ceil(bytes / 65_536);
  return { memory: createMemory(pages), size };
}

/** Reserves as many addresses as there can be for what ranks allocate later; small devices have room for fewer. */
function createMemory(initial: number): WebAssembly.Memory {
  for (const maximum of [65_536, 16_384, 4096]) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared: true });
    } catch {
      // Asks for less.
    }
  }
  return new WebAssembly.Memory({ initial, maximum: initial + 1024, shared: true });
}

/** Looks at the memory of a world. */
export function openSharedWorld({ memory, size }: SharedWorld): SharedState {
  const { buffer } = memory;
  const control = new Int32Array(buffer, 0, line / 4);
  const errorText = new Uint8Array(buffer, line, errorBytes - line);
  const doorbells = new Int32Array(buffer, errorBytes, (size * line) / 4);
  const capacity = streamBytes(size);
  const firstRing = errorBytes + line * size;
  const doorbell = (rank: number): number => (rank * line) / 4;
  const departure = (rank: number): number => doorbell(rank) + 1;
  const sleepers = (rank: number): number => doorbell(rank) + 2;
  const ring = (rank: number): void => {
    Atomics.add(doorbells, doorbell(rank), 1);
    // Waking costs more than all the rest, and is seldom needed.
    if (Atomics.load(doorbells, sleepers(rank)) > 0) Atomics.notify(doorbells, doorbell(rank));
  };
  const ringAll = (): void => {
    for (let rank = 0; rank < size; rank++) ring(rank);
  };
  let failure: CommunicationError | undefined;
  return {
    doorbells,
    doorbell,
    sleepers,
    ring,
    stream: (from, to) => createRing(buffer, firstRing + (from * size + to) * ringBytes(capacity), capacity),
    hasLeft: (rank) => Atomics.load(doorbells, departure(rank)) === 1,
    leave(rank) {
      Atomics.store(doorbells, departure(rank), 1);
      ringAll();
    },
    failure() {
      if (failure === undefined && Atomics.load(control, stateIndex) === failed) {
        const text = errorText.slice(0, Atomics.load(control, errorLengthIndex));
        failure = decodeError(new TextDecoder().decode(text));
      }
      return failure;
    },
    abort(error) {
      if (Atomics.compareExchange(control, stateIndex, running, failing) !== running) return;
      const text = new TextEncoder().encode(encodeError(error));
      errorText.set(text);
      Atomics.store(control, errorLengthIndex, text.length);
      Atomics.store(control, stateIndex, failed);
      ringAll();
    },
  };
}
