import { launch } from '../../src/threads/launch.ts';
import { joinRelay } from '../../src/websocket/join-relay.ts';

declare global {
  /** Runs the conformance suite in Web Workers. */
  var runThreads: (ranks: number) => Promise<Record<string, string>[]>;
  /** Sums ranks' numbers with the other ranks of a relay. */
  var sumByRelay: (url: string, token: string) => Promise<number>;
}

globalThis.runThreads = (ranks) => launch('/worker.js', { ranks });
globalThis.sumByRelay = async (url, token) => {
  const communicator = await joinRelay(url, { token });
  const values = Float32Array.of(communicator.rank + 1);
  await communicator.allReduce(values);
  await communicator.close();
  return values[0]!;
};
