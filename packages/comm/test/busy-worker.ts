import { runRank } from '../src/threads/run-rank.ts';

await runRank(async (communicator) => {
  const values = new Float32Array(100_000);
  for (;;) {
    await communicator.allReduce(values);
    communicator.blocking?.allReduce(values);
  }
});
