import { runRank } from '../src/threads/run-rank.ts';

await runRank(async (communicator, { fails }: { readonly fails: number }) => {
  await communicator.barrier();
  if (communicator.rank === fails) throw new Error('out of luck');
  await communicator.barrier();
  return 10 * communicator.rank;
});
