import { CallMismatchError, CommunicationError, RankFailedError } from './communication-error.ts';

const classes = [RankFailedError, CallMismatchError, CommunicationError];

/** An error as text that another rank can read; long messages are cut. */
export function encodeError({ name, message, ranks }: CommunicationError): string {
  return JSON.stringify({ name, message: message.slice(0, 900), ranks: ranks.slice(0, 100) });
}

/** Reads what `encodeError` wrote. */
export function decodeError(text: string): CommunicationError {
  const { name, message, ranks } = JSON.parse(text) as CommunicationError;
  const Class = classes.find((each) => each.kind === name) ?? CommunicationError;
  return new Class(message, ranks);
}
