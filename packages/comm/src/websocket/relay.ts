import type * as NodeCrypto from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { InvalidArgumentError } from '@ds/tensor';
import type * as WebSocketLibrary from 'ws';
import { importNode } from '../import-node.ts';
import { createRelayWorld } from './relay-world.ts';
import { closeCode, parseObject } from './protocol.ts';

/** How to run a relay. */
export interface RelayOptions {
  /** Ranks of the world; it begins when as many have joined. */
  readonly ranks: number;
  /** What ranks must know to join; default: 128 random bits. */
  readonly token?: string;
  /** Default 127.0.0.1: only this machine. */
  readonly host?: string;
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Largest message that is taken; ranks cut theirs to it. Default 1 MiB. */
  readonly maxMessageBytes?: number;
  /** Milliseconds without an answer after which a rank counts as lost; default 10 000. */
  readonly heartbeatTimeout?: number;
  /** Milliseconds that a new connection has to present its token; default 5000. */
  readonly joinTimeout?: number;
}

/** A running relay. */
export interface Relay {
  /** For `joinRelay`, for example `ws://127.0.0.1:40123`. */
  readonly url: string;
  readonly token: string;
  /** Ends the job if it runs, and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a relay in Node, through which browsers and Node processes form one world.
 *
 * It passes messages on between those who know the token, refuses everyone and everything else, and is ready for a
 * new world when the ranks of one have gone. Put a TLS proxy before it where the network is not your own.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const relay = await startRelay({ ranks: 2 });
 * const join = () => joinRelay(relay.url, { token: relay.token });
 * const [first, second] = await Promise.all([join(), join()]);
 * await Promise.all([first.barrier(), second.barrier()]);
 * await relay.close();
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { ranks, host = '127.0.0.1', port = 0, maxMessageBytes = 2 ** 20 } = options;
  const { heartbeatTimeout = 10_000, joinTimeout = 5000 } = options;
  if (!Number.isSafeInteger(ranks) || ranks < 1) {
    throw new InvalidArgumentError(`ranks must be a whole number of 1 or more, got ${ranks}.`);
  }
  if (!Number.isSafeInteger(maxMessageBytes) || maxMessageBytes < 1024) {
    throw new InvalidArgumentError(
      `maxMessageBytes must be a whole number of 1024 or more, got ${maxMessageBytes}.`,
    );
  }
  const { createHash, randomBytes, timingSafeEqual } = await importNode<typeof NodeCrypto>('node:crypto');
  const { WebSocketServer } = await importNode<typeof WebSocketLibrary>('ws');
  const token = options.token ?? randomBytes(16).toString('hex');
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const isToken = (given: unknown): boolean =>
    typeof given === 'string' && timingSafeEqual(digest(given), digest(token));

  const world = createRelayWorld(ranks, maxMessageBytes);
  const server = new WebSocketServer({ host, port, maxPayload: maxMessageBytes, perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });

  const lastHeard = new WeakMap<WebSocketLibrary.WebSocket, number>();
  server.on('connection', (socket) => {
    lastHeard.set(socket, performance.now());
    socket.on('pong', () => lastHeard.set(socket, performance.now()));
    // The library closes the connection after an error, and tells `close` why.
    socket.on('error', () => {});
    const tooLate = setTimeout(
      () => socket.close(closeCode.silent, 'no join message came in time'),
      joinTimeout,
    );
    socket.once('close', () => clearTimeout(tooLate));
    socket.once('message', (data: Buffer, isBinary) => {
      clearTimeout(tooLate);
      const message = isBinary ? undefined : parseObject(data.toString());
      if (message === undefined || !('join' in message)) {
        socket.close(closeCode.badMessage, 'the first message must be {"join": token}');
      } else if (isToken(message['join'])) {
        world.join(socket, message['rank']);
      } else {
        socket.close(closeCode.wrongToken, 'wrong token');
      }
    });
  });
  const heartbeat = setInterval(() => {
    const limit = performance.now() - heartbeatTimeout;
    for (const socket of server.clients) {
      // A paused socket cannot be heard; it is the receiver who is slow.
      if (socket.isPaused) lastHeard.set(socket, performance.now());
      if (lastHeard.get(socket)! < limit) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.ping();
    }
  }, heartbeatTimeout / 4);

  return {
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    token,
    async close() {
      clearInterval(heartbeat);
      for (const socket of server.clients) socket.close(closeCode.relayCloses, 'the relay closes');
      const stopped = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      const force = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, 1000);
      await stopped;
      clearTimeout(force);
    },
  };
}
