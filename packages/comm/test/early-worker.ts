import { runRank } from '../src/threads/run-rank.ts';

// Rank 0 has less to do than the others, which go on among themselves.
await runRank(async (communicator) => {
  const group = await communicator.split(communicator.rank === 0 ? 0 : 1);
  if (communicator.rank === 0) return 0;
  await new Promise((resolve) => {
    setTimeout(resolve, 300);
  });
  const values = Float32Array.of(1);
  await group!.allReduce(values);
  return values[0];
});
