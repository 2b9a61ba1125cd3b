import type { WebSocket } from 'ws';
import { RankFailedError } from '../communication-error.ts';
import { decodeError, encodeError } from '../error-text.ts';
import type { RelayMessage } from './protocol.ts';
import { closeCode, frameHeaderBytes, parseObject } from './protocol.ts';

/** The ranks of a relay, and the messages between them. */
export interface RelayWorld {
  /** Gives a seat to a connection that has shown its token; refuses it when there is none. */
  join(socket: WebSocket, wanted: unknown): void;
}

interface Member {
  readonly socket: WebSocket;
  readonly rank: number;
  /** Bytes on their way to it. */
  pending: number;
  /** Members that wait until it has taken some of them. */
  readonly held: Set<Member>;
  left: boolean;
}

/** With more bytes than this on their way to a rank, those who send to it must wait. */
const pendingLimit = 2 ** 25;

/** Creates an empty world, which becomes empty again when all have gone. */
export function createRelayWorld(size: number, maxMessageBytes: number): RelayWorld {
  const seats: (Member | undefined)[] = Array.from({ length: size });
  let phase: 'joining' | 'running' | 'ended' = 'joining';

  const tell = (member: Member | undefined, message: RelayMessage): void => {
    member?.socket.send(JSON.stringify(message));
  };
  const tellOthers = (rank: number, message: RelayMessage): void => {
    for (const member of seats) if (member?.rank !== rank) tell(member, message);
  };
  const abort = (rank: number, text: string): void => {
    if (phase !== 'running') return;
    phase = 'ended';
    tellOthers(rank, { abort: text });
  };
  const expel = ({ socket, rank }: Member, fault: string): void => {
    abort(
      rank,
      encodeError(
        new RankFailedError(`Rank ${rank} sent ${fault}; the relay closed its connection.`, [rank]),
      ),
    );
    socket.close(closeCode.badMessage, fault);
  };

  const forward = (from: Member, frame: Buffer): void => {
    const to = frame.length > frameHeaderBytes ? frame.readUInt32LE(0) : undefined;
    if (to === undefined || to >= size || to === from.rank) {
      expel(from, to === undefined ? 'a message without data' : `a message to rank ${to}`);
      return;
    }
    const receiver = seats[to];
    if (receiver === undefined || receiver.socket.readyState !== receiver.socket.OPEN) return;
    frame.writeUInt32LE(from.rank, 0);
    receiver.pending += frame.length;
    if (receiver.pending > pendingLimit) {
      receiver.held.add(from);
      from.socket.pause();
    }
    receiver.socket.send(frame, () => {
      receiver.pending -= frame.length;
      if (receiver.pending < pendingLimit / 2) release(receiver);
    });
  };
  const release = ({ held }: Member): void => {
    for (const member of held) member.socket.resume();
    held.clear();
  };

  const hear = (member: Member, data: Buffer, isBinary: boolean): void => {
    if (phase === 'joining') return expel(member, 'a message before the job began');
    if (phase === 'ended') return;
    if (isBinary) return forward(member, data);
    const message = parseObject(data.toString());
    if (message?.['leave'] === true) {
      member.left = true;
      tellOthers(member.rank, { left: member.rank });
    } else if (typeof message?.['abort'] === 'string' && isErrorText(message['abort'])) {
      abort(member.rank, message['abort']);
    } else {
      expel(member, 'a malformed message');
    }
  };

  const lose = (member: Member, code: number, reason: string): void => {
    release(member);
    seats[member.rank] = undefined;
    if (!member.left) {
      const why = `its connection was lost (${code}${reason === '' ? '' : `, ${reason}`})`;
      abort(
        member.rank,
        encodeError(new RankFailedError(`Rank ${member.rank} died: ${why}.`, [member.rank])),
      );
    }
    if (seats.every((each) => each === undefined)) phase = 'joining';
  };

  return {
    join(socket, wanted) {
      const free = Array.from(seats.keys()).filter((index) => seats[index] === undefined);
      const rank = wanted === undefined ? free[0] : free.find((index) => index === wanted);
      if (phase !== 'joining' || rank === undefined) {
        const why =
          phase === 'joining' ? `rank ${JSON.stringify(wanted)} of ${size} is not free` : 'the job has begun';
        socket.close(closeCode.noSeat, why.slice(0, 100));
        return;
      }
      const member: Member = { socket, rank, pending: 0, held: new Set(), left: false };
      seats[rank] = member;
      socket.on('message', (data: Buffer, isBinary) => hear(member, data, isBinary));
      socket.on('close', (code, reason) => lose(member, code, reason.toString()));
      const joined = seats.filter((each) => each !== undefined).length;
      for (const each of seats) tell(each, { joined, size });
      if (joined < size) return;
      phase = 'running';
      for (const each of seats) tell(each, { start: { rank: each!.rank, size, maxMessageBytes } });
    },
  };
}

function isErrorText(text: string): boolean {
  try {
    return Array.isArray(decodeError(text).ranks);
  } catch {
    return false;
  }
}
