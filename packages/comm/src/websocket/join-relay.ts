import { InvalidArgumentError, UnavailableError } from '@ds/tensor';
import type * as WebSocketLibrary from 'ws';
import type { Communicator } from '../communicator.ts';
import type { CommunicatorOptions } from '../create-communicator.ts';
import { createCommunicator } from '../create-communicator.ts';
import { importNode, isNode } from '../import-node.ts';
import type { JoinMessage, RelayMessage } from './protocol.ts';
import { closeCode } from './protocol.ts';
import { createRelayTransport } from './relay-transport.ts';

/** How to join a relay. */
export interface JoinRelayOptions extends CommunicatorOptions {
  /** The relay's. */
  readonly token: string;
  /** The rank to be; default: the lowest that is free. */
  readonly rank?: number;
  /** Milliseconds to wait for all others to join; default 60 000. */
  readonly joinTimeout?: number;
}

/**
 * Becomes a rank of the world of a relay, in a browser or in Node, once all its ranks have joined.
 *
 * @param url for example `ws://127.0.0.1:40123`.
 * @throws InvalidArgumentError when the token is wrong.
 * @throws UnavailableError when the relay cannot be reached, has no such rank free, or the others do not come.
 *
 * @example
 * const relay = await startRelay({ ranks: 1 });
 * const communicator = await joinRelay(relay.url, { token: relay.token });
 * await communicator.barrier();
 * await communicator.close();
 * await relay.close();
 */
export async function joinRelay(url: string, options: JoinRelayOptions): Promise<Communicator> {
  const { token, rank, joinTimeout = 60_000 } = options;
  const socket = await openSocket(url);
  socket.binaryType = 'arraybuffer';
  const join: JoinMessage = { join: token, ...(rank === undefined ? {} : { rank }) };
  let came = 'nobody has been let in';
  const transport = await new Promise<ReturnType<typeof createRelayTransport>>((resolve, reject) => {
    const tooLate = setTimeout(() => {
      socket.close();
      reject(new UnavailableError(`The relay at ${url} did not begin within ${joinTimeout} ms: ${came}.`));
    }, joinTimeout);
    socket.addEventListener('open', () => socket.send(JSON.stringify(join)));
    const refused = ({ code, reason }: { readonly code: number; readonly reason: string }): void => {
      clearTimeout(tooLate);
      reject(refusal(url, code, reason));
    };
    const told = ({ data }: { readonly data: unknown }): void => {
      const message = JSON.parse(String(data)) as RelayMessage;
      if ('joined' in message) came = `${message.joined} of ${message.size} ranks have joined`;
      if (!('start' in message)) return;
      clearTimeout(tooLate);
      socket.removeEventListener('message', told);
      socket.removeEventListener('close', refused);
      // Listens from now on: the next message may be data already.
      resolve(createRelayTransport(socket, message.start));
    };
    socket.addEventListener('message', told);
    socket.addEventListener('close', refused);
    // What went wrong is told by the `close` that follows.
    socket.addEventListener('error', () => {});
  });
  return createCommunicator(transport, options);
}

/** Node 20 has no WebSocket of its own, and later ones are slower than the library. */
async function openSocket(url: string): Promise<WebSocket> {
  try {
    if (!isNode) return new WebSocket(url);
    const library = await importNode<typeof WebSocketLibrary>('ws');
    return new library.WebSocket(url, { perMessageDeflate: false }) as unknown as WebSocket;
  } catch (cause) {
    throw new InvalidArgumentError(`"${url}" is not the address of a relay, such as ws://127.0.0.1:8080.`, {
      cause,
    });
  }
}

function refusal(url: string, code: number, reason: string): Error {
  if (code === closeCode.wrongToken) {
    return new InvalidArgumentError(
      `The relay at ${url} refused the token: pass the one that startRelay returned.`,
    );
  }
  if (code === closeCode.noSeat) return new UnavailableError(`The relay at ${url} has no seat: ${reason}.`);
  return new UnavailableError(
    `The relay at ${url} cannot be reached (${code}${reason === '' ? '' : `, ${reason}`}): is startRelay running there?`,
  );
}
