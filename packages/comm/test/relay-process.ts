// A rank that reduces until the job ends: node relay-process.ts URL TOKEN RANK
import { joinRelay } from '../src/websocket/join-relay.ts';

const [, , url, token, rank] = process.argv;
const communicator = await joinRelay(url!, { token: token!, rank: Number(rank) });
const values = new Float32Array(50_000);
await communicator.barrier();
console.log('begins');
try {
  for (;;) await communicator.allReduce(values);
} catch (error) {
  console.log(String(error));
  await communicator.close();
  process.exitCode = 3;
}
