import { InvalidStateError, UnavailableError } from '@ds/tensor';
import type { Communicator } from '../communicator.ts';
import type { CommunicatorOptions } from '../create-communicator.ts';
import { createCommunicator } from '../create-communicator.ts';
import { loadMpi, threadMultiple } from './library.ts';
import { createMpiTransport } from './mpi-transport.ts';

/**
 * Becomes a rank of the system's MPI, in a process that `mpirun`, Slurm's `srun` or a Kubernetes MPI job started;
 * in one that was started alone the world has one rank.
 *
 * Needs the package koffi and an MPI library, Open MPI or one of the MPICH family. Asynchronous calls wait in a thread
 * of their own, which keeps a core busy as MPI does; blocking ones wait in this thread. Close the communicator
 * at the end, also after an error: `close` waits for the others, or after an error gives them a second to report theirs
 * and then ends them with `MPI_Abort`, as does a process that ends without it.
 *
 * @throws UnavailableError that says what to install.
 * @throws InvalidStateError when this process has joined already.
 *
 * @example
 * const communicator = await joinMpi();
 * const values = Float32Array.of(communicator.rank);
 * await communicator.allReduce(values);
 * await communicator.close();
 */
export async function joinMpi(options?: CommunicatorOptions): Promise<Communicator> {
  const mpi = await loadMpi();
  const begun = new Int32Array(1);
  mpi.initialized(begun);
  if (begun[0] !== 0) {
    throw new InvalidStateError(
      'This process has joined MPI already: MPI begins and ends once in a process.',
    );
  }
  const provided = new Int32Array(1);
  const code = mpi.initThread(null, null, threadMultiple, provided);
  if (code !== 0)
    throw new UnavailableError(`${mpi.implementation} could not begin: MPI_Init_thread gave error ${code}.`);
  if (provided[0]! < threadMultiple) {
    throw new UnavailableError(
      `This ${mpi.implementation} does not let several threads call it (MPI_THREAD_MULTIPLE): install one that does, ` +
        'and name its library in DS_MPI_LIBRARY.',
    );
  }
  return createCommunicator(createMpiTransport(mpi), options);
}
