import { describe, expect, it } from 'vitest';
import { RankFailedError } from './communication-error.ts';
import type { CommunicationError } from './communication-error.ts';
import { drive } from './drive.ts';
import type { Transport } from './transport.ts';

/** A transport on which `poll` does what the test says. */
function createTransport(poll: () => void): Transport & { readonly aborted: CommunicationError[] } {
  const aborted: CommunicationError[] = [];
  const transfer = { peer: 1, moved: 0, done: true };
  return {
    rank: 0,
    size: 2,
    aborted,
    failure: undefined,
    send: () => transfer,
    receive: () => transfer,
    poll,
    wait: () =>
      new Promise((resolve) => {
        setTimeout(resolve, 10);
      }),
    abort: (error) => aborted.push(error),
    hasLeft: () => false,
    close: async () => {},
  };
}

describe('drive', () => {
  it('waits longer than the timeout for a transfer that moves', async () => {
    const transfer = { peer: 1, moved: 0, done: false };
    const transport = createTransport(() => {
      transfer.moved++;
      transfer.done = transfer.moved === 20;
    });
    const steps = (function* () {
      yield [transfer];
      return 'arrived';
    })();
    const begin = performance.now();
    expect(await drive(steps, { transport, timeout: 60, what: () => 'a test' })).toBe('arrived');
    expect(performance.now() - begin).toBeGreaterThan(100);
  });

  it('ends the job for all when a transfer stops, and names its rank once', async () => {
    const transfers = [
      { peer: 1, moved: 5, done: false },
      { peer: 1, moved: 0, done: false },
      { peer: 0, moved: 7, done: true },
    ];
    const transport = createTransport(() => {});
    const steps = (function* () {
      yield transfers;
    })();
    const error: unknown = await drive(steps, { transport, timeout: 30, what: () => 'a test' }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(RankFailedError);
    expect(error).toMatchObject({
      ranks: [1],
      message: expect.stringContaining('Rank 0 waited 30 ms in a test for rank 1.') as string,
    });
    expect(transport.aborted).toEqual([error]);
  });
});
