import type { CommunicationError } from '../communication-error.ts';
import { RankFailedError } from '../communication-error.ts';
import { decodeError, encodeError } from '../error-text.ts';
import { createInbox } from '../inbox.ts';
import { createNews } from '../news.ts';
import type { Transport } from '../transport.ts';
import type { RankMessage, RelayMessage } from './protocol.ts';
import { decodeFrame, encodeFrame, frameHeaderBytes } from './protocol.ts';

/** Smaller than what relays take by default, so that a receiver can begin early. */
const largestFrame = 2 ** 18;

/** Connects a rank to the others through a relay that has begun. */
export function createRelayTransport(
  socket: WebSocket,
  {
    rank,
    size,
    maxMessageBytes,
  }: { readonly rank: number; readonly size: number; readonly maxMessageBytes: number },
): Transport {
  const inbox = createInbox();
  const news = createNews();
  const departed = new Set<number>();
  const pieceBytes = Math.min(maxMessageBytes, largestFrame) - frameHeaderBytes;
  let failure: CommunicationError | undefined;
  let closing = false;
  const tell = (message: RankMessage): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };

  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') {
      const message = JSON.parse(data) as RelayMessage;
      if ('left' in message) departed.add(message.left);
      if ('abort' in message) failure ??= decodeError(message.abort);
    } else {
      const { peer, channel, data: bytes } = decodeFrame(new Uint8Array(data as ArrayBuffer));
      inbox.deliver(peer, channel, bytes);
    }
    news.wake();
  });
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      if (!closing) {
        const why = `(${code}${reason === '' ? '' : `, ${reason}`})`;
        failure ??= new RankFailedError(`Rank ${rank} lost its connection to the relay ${why}.`, [rank]);
      }
      news.wake();
      resolve();
    });
  });

  return {
    rank,
    size,
    get failure() {
      return failure;
    },
    send(to, channel, bytes) {
      for (let at = 0; at < bytes.length && socket.readyState === socket.OPEN; at += pieceBytes) {
        socket.send(encodeFrame(to, channel, bytes.subarray(at, at + pieceBytes)));
      }
      return { peer: to, moved: bytes.length, done: true };
    },
    receive: (from, channel, into) => inbox.receive(from, channel, into),
    // Messages come by themselves.
    poll() {},
    wait: (milliseconds) => news.wait(milliseconds),
    abort(error) {
      failure ??= error;
      tell({ abort: encodeError(error) });
      news.wake();
    },
    hasLeft: (peer) => departed.has(peer),
    async close() {
      if (closing) return;
      closing = true;
      tell({ leave: true });
      socket.close(1000);
      await closed;
    },
  };
}
