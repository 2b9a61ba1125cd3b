// A rank of MPI that reduces until the job ends: node mpi-process.ts FOLDER [TIMEOUT [HANGING_RANK]]
import { writeFileSync } from 'node:fs';
import { joinMpi } from '../src/mpi/join-mpi.ts';

const [, , folder, timeout = '10000', hanging] = process.argv;
const communicator = await joinMpi({ timeout: Number(timeout) });
const { rank } = communicator;
const values = new Float32Array(50_000);
await communicator.barrier();
writeFileSync(`${folder}/pid${rank}`, String(process.pid));
try {
  for (let call = 0; ; call++) {
    if (call === 3 && rank === Number(hanging ?? -1)) for (;;); // Hangs.
    await communicator.allReduce(values);
    communicator.blocking!.allReduce(values);
  }
} catch (error) {
  writeFileSync(`${folder}/error${rank}`, String(error));
  process.exitCode = 3;
  await communicator.close();
}
