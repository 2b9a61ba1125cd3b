import { UnavailableError } from '@ds/tensor';
import type * as Koffi from 'koffi';
import { importNode, isNode } from '../import-node.ts';

/** A handle of the library: a pointer in Open MPI, a number in MPICH. */
type Handle = bigint | number;

/** Calls of MPI return an error class, 0 for success; names and arguments are those of the standard. */
type Mpi<Arguments extends readonly unknown[]> = ((...given: Arguments) => number) & {
  readonly async: (...given: [...Arguments, (error: unknown, code: number) => void]) => void;
};

type Buffer = ArrayBufferView | null;
type SendOrReceive = Mpi<[Buffer, number, Handle, number, number, Handle, Buffer]>;
type Complete = Mpi<[number, Buffer, Buffer, Buffer, bigint]>;

/** The part of MPI that is used here. */
export interface MpiLibrary {
  readonly implementation: 'Open MPI' | 'MPICH';
  readonly world: Handle;
  readonly byte: Handle;
  /** Where statuses would go; this address says that nobody wants them. */
  readonly ignoreStatuses: bigint;
  /** An array of requests. */
  readonly createRequests: (length: number) => BigInt64Array | Int32Array;
  readonly initThread: Mpi<[null, null, number, Int32Array]>;
  readonly initialized: Mpi<[Int32Array]>;
  readonly commRank: Mpi<[Handle, Int32Array]>;
  readonly commSize: Mpi<[Handle, Int32Array]>;
  readonly isend: SendOrReceive;
  readonly irecv: SendOrReceive;
  readonly testsome: Complete;
  readonly waitsome: Complete;
  readonly abort: Mpi<[Handle, number]>;
  readonly finalize: Mpi<[]>;
}

/** Several threads may call MPI at once: `MPI_THREAD_MULTIPLE`. */
export const threadMultiple = 3;

const [openMpiFiles, mpichFiles, otherFiles] = [
  ['libmpi.so.40', 'libmpi.so.80', '/usr/lib64/openmpi/lib/libmpi.so.40'],
  ['libmpich.so.12', 'libmpi.so.12', '/usr/lib64/mpich/lib/libmpi.so.12'],
  ['libmpi.so', '/opt/homebrew/lib/libmpi.dylib', '/usr/local/lib/libmpi.dylib', 'libmpi.dylib'],
];

/**
 * Loads the system's MPI: the file in `DS_MPI_LIBRARY`, or that of the MPI whose `mpirun` started this process.
 *
 * @throws UnavailableError that says what to install.
 */
export async function loadMpi(): Promise<MpiLibrary> {
  const koffi = await loadKoffi();
  const { DS_MPI_LIBRARY: named, OMPI_COMM_WORLD_SIZE: fromOpenMpi, PMI_SIZE: fromMpich } = process.env;
  const known =
    fromMpich !== undefined && fromOpenMpi === undefined
      ? [...mpichFiles, ...openMpiFiles, ...otherFiles]
      : [...openMpiFiles, ...mpichFiles, ...otherFiles];
  const reasons: string[] = [];
  for (const file of named === undefined ? known : [named]) {
    try {
      // Plug-ins of Open MPI look for its symbols in the whole process.
      return bind(koffi.load(file, { global: true }));
    } catch (error) {
      reasons.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new UnavailableError(
    'No MPI library could be loaded. Install one, for example "apt-get install openmpi-bin" on Debian and Ubuntu, ' +
      '"dnf install openmpi" on Fedora, "brew install open-mpi" on macOS, or put the path of libmpi into the ' +
      `environment variable DS_MPI_LIBRARY. Tried ${reasons.join('; ')}.`,
  );
}

async function loadKoffi(): Promise<typeof Koffi> {
  if (!isNode) throw new UnavailableError('MPI needs Node: use threads or a relay in browsers.');
  try {
    const module = await importNode<{ readonly default: typeof Koffi }>('koffi');
    return module.default;
  } catch (cause) {
    throw new UnavailableError('MPI is called through the package koffi: run "npm install koffi@3.3.4".', {
      cause,
    });
  }
}

function bind(library: Koffi.LibraryHandle): MpiLibrary {
  const symbol = (name: string): bigint | undefined => {
    try {
      return library.symbol(name) as bigint;
    } catch {
      return undefined;
    }
  };
  const openMpiWorld = symbol('ompi_mpi_comm_world');
  const isOpenMpi = openMpiWorld !== undefined;
  const handle = isOpenMpi ? 'intptr_t' : 'int';
  const declare = (name: string, parameters: readonly string[]): never =>
    library.func(name, 'int', [...parameters]) as never;
  const transfer = ['void *', 'int', handle, 'int', 'int', handle, 'void *'];
  const completion = ['int', 'void *', 'void *', 'void *', 'void *'];
  return {
    implementation: isOpenMpi ? 'Open MPI' : 'MPICH',
    // The numbers are those of mpi.h in MPICH, which all of its family share.
    world: openMpiWorld ?? 0x44000000,
    byte: symbol('ompi_mpi_byte') ?? 0x4c00010d,
    ignoreStatuses: isOpenMpi ? 0n : 1n,
    createRequests: (length) => (isOpenMpi ? new BigInt64Array(length) : new Int32Array(length)),
    initThread: declare('MPI_Init_thread', ['void *', 'void *', 'int', 'void *']),
    initialized: declare('MPI_Initialized', ['void *']),
    commRank: declare('MPI_Comm_rank', [handle, 'void *']),
    commSize: declare('MPI_Comm_size', [handle, 'void *']),
    isend: declare('MPI_Isend', transfer),
    irecv: declare('MPI_Irecv', transfer),
    testsome: declare('MPI_Testsome', completion),
    waitsome: declare('MPI_Waitsome', completion),
    abort: declare('MPI_Abort', [handle, 'int']),
    finalize: declare('MPI_Finalize', []),
  };
}
