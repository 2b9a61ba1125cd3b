import { fail } from './agreement.ts';
import type { Call } from './call.ts';
import { decodeHeader, describeCall, encodeHeader, headerBytes, nowhere } from './call.ts';
import type { Steps } from './drive.ts';
import type { Group } from './group.ts';

/** Sends elements to one rank of the group. */
export function* sendMessage(group: Group, call: Call, bytes: Uint8Array, to: number): Steps {
  const { transport, members } = group;
  const channel = group.channel + 1;
  const header = encodeHeader({ call, elements: call.length, place: nowhere });
  const sends = [transport.send(members[to]!, channel, header)];
  if (bytes.length > 0) sends.push(transport.send(members[to]!, channel, bytes));
  yield sends;
}

/** Receives what one rank of the group sends, which must be as many elements of the same format. */
export function* receiveMessage(group: Group, call: Call, into: Uint8Array, from: number): Steps {
  const { transport, members } = group;
  const channel = group.channel + 1;
  const encoded = new Uint8Array(headerBytes);
  yield [transport.receive(members[from]!, channel, encoded)];
  const sent = decodeHeader(encoded)?.call;
  if (sent?.length !== call.length || sent.format !== call.format || sent.sequence !== call.sequence) {
    fail(
      group,
      `Rank ${members[from]} called ${sent === undefined ? 'something unreadable' : describeCall(sent)}, but rank ` +
        `${transport.rank} receives ${call.length} ${call.format} from it as call ${call.sequence}.`,
      [members[from]!, transport.rank],
    );
  }
  if (into.length > 0) yield [transport.receive(members[from]!, channel, into)];
}
