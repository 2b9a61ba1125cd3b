import { runRank } from '../src/threads/run-rank.ts';

await runRank(async (communicator, { form }: { readonly form: 'async' | 'blocking' }) => {
  const values = new Float32Array(1000);
  for (let call = 0; ; call++) {
    if (communicator.rank === 2 && call === 3) for (;;); // Hangs.
    if (form === 'async') await communicator.allReduce(values);
    else communicator.blocking!.allReduce(values);
  }
});
