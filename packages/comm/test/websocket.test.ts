import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { InvalidArgumentError, UnavailableError } from '@ds/tensor';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RankFailedError } from '../src/communication-error.ts';
import type { Communicator } from '../src/communicator.ts';
import type { RelayOptions, Relay } from '../src/websocket/relay.ts';
import { joinRelay } from '../src/websocket/join-relay.ts';
import { startRelay } from '../src/websocket/relay.ts';
import { conformanceRuns, expectedChecksums } from './expected-checksums.ts';

const relays: Relay[] = [];
const start = async (options: RelayOptions): Promise<Relay> => {
  const relay = await startRelay(options);
  relays.push(relay);
  return relay;
};
const joinAll = ({ url, token }: Relay, ranks: number, timeout = 10_000): Promise<Communicator[]> =>
  Promise.all(Array.from({ length: ranks }, (_, rank) => joinRelay(url, { token, rank, timeout })));
const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
const closing = async (socket: WebSocket): Promise<[number, string]> => {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return [code, reason.toString()];
};

describe('websocket', () => {
  describe.each(conformanceRuns())('conformance run %#', (...cases) => {
    const { ranks } = cases[0]!;
    let relay: Relay;
    let communicators: Communicator[];
    beforeAll(async () => {
      // Small messages make the pieces many.
      relay = await startRelay({ ranks, maxMessageBytes: 65_536 });
      communicators = await joinAll(relay, ranks);
    });
    afterAll(() => relay.close());
    it.each(cases)('$name', async (each) => {
      expect(await Promise.all(communicators.map((rank) => each.run(rank)))).toEqual(
        await expectedChecksums(each),
      );
    });
  });

  describe('relay', () => {
    afterEach(async () => {
      await Promise.all(relays.splice(0).map((relay) => relay.close()));
    });

    it('refuses a wrong token, and stays up', async () => {
      const relay = await start({ ranks: 2 });
      const error = await failure(joinRelay(relay.url, { token: 'guess' }));
      expect(error).toBeInstanceOf(InvalidArgumentError);
      expect(String(error)).toMatch(/refused the token/);
      await worksWithTwo(relay);
    });

    it('refuses first messages that are none, too large or too late, and stays up', async () => {
      const relay = await start({ ranks: 2, joinTimeout: 100, maxMessageBytes: 1024 });
      for (const [first, code] of [
        ['nonsense', 4400],
        ['null', 4400],
        [Buffer.alloc(12), 4400],
        ['{"join": 5}', 4401],
        [JSON.stringify({ join: 'x'.repeat(2000) }), 1009],
        [JSON.stringify({ join: relay.token, rank: 7 }), 4409],
        [undefined, 4408],
      ] as const) {
        const socket = new WebSocket(relay.url);
        await once(socket, 'open');
        if (first !== undefined) socket.send(first);
        expect((await closing(socket))[0]).toBe(code);
      }
      await worksWithTwo(relay);
    });

    it('has no seat for more ranks than there are', async () => {
      const relay = await start({ ranks: 1 });
      const communicator = await joinRelay(relay.url, { token: relay.token });
      const error = await failure(joinRelay(relay.url, { token: relay.token }));
      expect(error).toBeInstanceOf(UnavailableError);
      expect(String(error)).toMatch(/no seat: the job has begun/);
      await communicator.close();
    });

    it.each([
      ['to a rank that does not exist', Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 1])],
      ['to itself', Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 1])],
      ['without data', Buffer.from([0, 0, 0])],
      ['of unknown text', '{"hello": 1}'],
      ['of a broken abort', '{"abort": "{"}'],
      ['too large', Buffer.alloc(5000)],
    ])('ends the job of a rank that sends a message %s, naming it', async (_, message) => {
      const relay = await start({ ranks: 2, maxMessageBytes: 4096 });
      const joining = joinRelay(relay.url, { token: relay.token, rank: 0 });
      const socket = new WebSocket(relay.url);
      await once(socket, 'open');
      socket.send(JSON.stringify({ join: relay.token, rank: 1 }));
      const communicator = await joining;
      const waiting = failure(communicator.barrier());
      socket.send(message);
      expect(await waiting).toMatchObject({ name: 'RankFailedError', ranks: [1] });
      await communicator.close();
      await worksWithTwo(relay);
    });

    it('loses ranks that do not answer, and the others name them', async () => {
      const relay = await start({ ranks: 2, heartbeatTimeout: 200 });
      const joining = joinRelay(relay.url, { token: relay.token, rank: 0 });
      const socket = new WebSocket(relay.url, { autoPong: false });
      await once(socket, 'open');
      socket.send(JSON.stringify({ join: relay.token, rank: 1 }));
      const error = await failure((await joining).barrier());
      expect(error).toMatchObject({ name: 'RankFailedError', ranks: [1] });
    });

    it('tells who waits that it closes', async () => {
      const relay = await start({ ranks: 2 });
      const [first] = await joinAll(relay, 2);
      const waiting = failure(first!.barrier());
      await relay.close();
      expect(await waiting).toMatchObject({
        message: expect.stringContaining('lost its connection to the relay') as string,
      });
    });
  });

  it('names the rank that stalls past the timeout', async () => {
    const relay = await start({ ranks: 3 });
    const [first, second] = await joinAll(relay, 3, 300);
    const errors = await Promise.all([failure(first!.barrier()), failure(second!.barrier())]);
    for (const error of errors) {
      expect(error).toBeInstanceOf(RankFailedError);
      expect(error).toMatchObject({ ranks: [2] });
    }
    await relay.close();
  });

  it('gives up when the others do not come, or nobody listens', async () => {
    const relay = await start({ ranks: 2 });
    const alone = await failure(joinRelay(relay.url, { token: relay.token, joinTimeout: 100 }));
    expect(String(alone)).toMatch(/did not begin within 100 ms: 1 of 2 ranks have joined/);
    await relay.close();
    const nobody = await failure(joinRelay(relay.url, { token: relay.token }));
    expect(nobody).toBeInstanceOf(UnavailableError);
    expect(await failure(joinRelay('nowhere', { token: '' }))).toBeInstanceOf(InvalidArgumentError);
  });

  it.each([1, 2, 3])('ends the job when a process is killed, attempt %i', async () => {
    const relay = await start({ ranks: 3 });
    const processes = [0, 1, 2].map((rank) =>
      spawn(
        process.execPath,
        [`${import.meta.dirname}/relay-process.ts`, relay.url, relay.token, String(rank)],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      ),
    );
    const outputs = processes.map((child) => {
      let text = '';
      child.stdout.on('data', (data) => (text += String(data)));
      return once(child, 'close').then(() => text);
    });
    await Promise.all(processes.map((child) => once(child.stdout, 'data')));
    await new Promise((resolve) => {
      setTimeout(resolve, 100 * Math.random());
    });
    const begin = performance.now();
    processes[1]!.kill('SIGKILL');
    const [first, , third] = await Promise.all(outputs);
    expect(performance.now() - begin).toBeLessThan(5000);
    for (const text of [first, third])
      expect(text).toMatch(/RankFailedError: Rank 1 died: its connection was lost/);
    expect(processes.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([3, 'SIGKILL', 3]);
    await relay.close();
  });
});

async function worksWithTwo(relay: Relay): Promise<void> {
  const ranks = await joinAll(relay, 2);
  const values = ranks.map(({ rank }) => Float32Array.of(rank + 1));
  await Promise.all(ranks.map((rank, index) => rank.allReduce(values[index]!)));
  expect(values.map(([value]) => value)).toEqual([3, 3]);
  await Promise.all(ranks.map((rank) => rank.close()));
}
