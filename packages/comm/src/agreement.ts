import type { Call, Header, Place } from './call.ts';
import { decodeHeader, describeCall, encodeHeader, headerBytes, nowhere, sameCall } from './call.ts';
import { CallMismatchError } from './communication-error.ts';
import type { Steps } from './drive.ts';
import { nameRanks } from './drive.ts';
import type { Group } from './group.ts';
import type { Transfer } from './transport.ts';

/** Tells all others of a call, and how many elements each is going to get. */
export function announce(
  { transport, channel, others, members }: Group,
  call: Call,
  elements: readonly number[],
  place: Place = nowhere,
): Transfer[] {
  return others.map((index) =>
    transport.send(members[index]!, channel, encodeHeader({ call, elements: elements[index]!, place })),
  );
}

/**
 * Waits until all others have made the same call and send as many elements as are expected from each.
 *
 * Returns the places of the others' values by their positions. All ranks see the headers of all others, so all of them find the same fault.
 *
 * @throws CallMismatchError
 */
export function* agree(
  group: Group,
  call: Call,
  expected: readonly number[],
): Steps<ReadonlyMap<number, Place>> {
  const { transport, channel, others, members, index: own } = group;
  const encoded = new Map(others.map((index) => [index, new Uint8Array(headerBytes)]));
  yield Array.from(encoded, ([index, header]) => transport.receive(members[index]!, channel, header));
  const headers = new Map<number, Header | undefined>(
    Array.from(encoded, ([index, header]) => [index, decodeHeader(header)]),
  );
  const calls = members.map((_, index) => (index === own ? call : headers.get(index)?.call));
  if (calls.some((each) => each === undefined || !sameCall(each, call)))
    fail(group, describeCalls(group, calls), members);
  for (const [index, header] of headers) {
    if (header!.elements === expected[index]) continue;
    fail(
      group,
      `In ${describeCall(call)} rank ${members[index]} sends ${header!.elements} elements to rank ${members[own]}, ` +
        `which expects ${expected[index]}: their counts must be the same.`,
      [members[index]!, members[own]!],
    );
  }
  return new Map(Array.from(headers, ([index, header]) => [index, header!.place]));
}

/** Ends the job over calls that do not fit together. */
export function fail({ transport }: Group, message: string, ranks: readonly number[]): never {
  const error = new CallMismatchError(message, ranks);
  transport.abort(error);
  throw error;
}

function describeCalls({ members, name }: Group, calls: readonly (Call | undefined)[]): string {
  const callers = new Map<string, number[]>();
  for (const [index, call] of calls.entries()) {
    const text = call === undefined ? 'something unreadable' : describeCall(call);
    callers.set(text, [...(callers.get(text) ?? []), members[index]!]);
  }
  const parts = Array.from(callers, ([text, ranks]) => `${nameRanks(ranks)} called ${text}`);
  return (
    `The ranks of group ${name} disagree: ${parts.join('; ')}. ` +
    'All ranks of a group must make the same calls in the same order.'
  );
}
