// All-reduce between two ranks. Run as a benchmark, this file measures; as a worker it is a rank of threads; under
// `mpirun` with the argument `mpi` it is a rank of MPI.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import type { Communicator } from '@ds/comm';
import { joinMpi, launch, runRank } from '@ds/comm';
import type { Benchmark } from '../benchmark.ts';
import type { Row } from '../measure.ts';

const ranks = 2;
const sizes = [64, 256, 1024, 4096, 16_384, 65_536].map((kibibytes) => kibibytes * 1024);
const rounds = 5;
const warmupMilliseconds = 200;
const turnMilliseconds = 60;

/** Milliseconds of a call by contender and bytes. */
type Times = Record<string, Record<number, number>>;

/** A contender over an array of some bytes: makes a call. */
type Contender = (bytes: number) => () => void | Promise<void>;

/** What each of our rows is compared with, and what is to be reached. */
const comparisons = [
  { ours: 'threads, blocking, allocate()', peer: 'MPI_Allreduce', target: 1 },
  { ours: 'threads, async, allocate()', peer: 'MPI_Allreduce' },
  { ours: 'threads, blocking, own array', peer: 'MPI_Allreduce' },
  { ours: 'threads, async, own array', peer: 'MPI_Allreduce' },
  { ours: 'MPI, blocking', peer: 'MPI_Allreduce', target: 1 },
  { ours: 'MPI, async', peer: 'MPI_Allreduce' },
] as const;

/** Our all-reduce between threads and over MPI, against Open MPI's own over shared memory on this machine. */
export const bench: Benchmark = async function* bench() {
  const { status } = spawnSync('mpirun', ['--version']);
  if (status !== 0) {
    console.error(
      'Skipped: there is nothing to compare with. Install Open MPI: apt-get install openmpi-bin.',
    );
    return;
  }
  const results: Times[] = [];
  // Ranks of MPI never rest, so the two worlds take turns as processes of their own.
  for (let round = 0; round < rounds; round++) {
    const [threads] = await launch<Times>(new URL(import.meta.url), { ranks, timeout: 60_000 });
    results.push({ ...threads, ...runMpi() });
  }
  for (const { ours, peer, ...options } of comparisons) {
    for (const bytes of sizes) {
      const [own, others] = [ours, peer].map((name) => results.map((times) => times[name]![bytes]!)) as [
        number[],
        number[],
      ];
      const row: Row = {
        name: 'collectives',
        case: `allReduce ${bytes / 1024} KB, ${ours}, vs ${peer}`,
        ours: quantile(own, 0.5),
        peer: quantile(others, 0.5),
        ratio: quantile(
          own.map((time, round) => others[round]! / time),
          0.5,
        ),
        unit: 'ms',
        runs: rounds,
        spread: {
          ours: [quantile(own, 0.25), quantile(own, 0.75)],
          peer: [quantile(others, 0.25), quantile(others, 0.75)],
        },
        ...options,
      };
      yield row;
    }
  }
};

function runMpi(): Times {
  const options = ['--allow-run-as-root', '--oversubscribe', '-n', String(ranks)];
  const { stdout, stderr } = spawnSync(
    'mpirun',
    [...options, process.execPath, fileURLToPath(import.meta.url), 'mpi'],
    { encoding: 'utf8', timeout: 120_000 },
  );
  const line = /^{.*}$/m.exec(stdout);
  if (line === null) throw new Error(`mpirun failed:\n${stderr}`);
  return JSON.parse(line[0]) as Times;
}

/** Measures contenders by turns; rank 0 says how often each is called. */
async function measure(communicator: Communicator, contenders: Record<string, Contender>): Promise<Times> {
  const times: Times = {};
  for (const bytes of sizes) {
    for (const [name, prepare] of Object.entries(contenders)) {
      const call = prepare(bytes);
      const run = async (calls: number): Promise<number> => {
        const begin = performance.now();
        for (let count = 0; count < calls; count++) {
          const done = call();
          if (done !== undefined) await done;
        }
        return performance.now() - begin;
      };
      const agree = async (milliseconds: number, perCall: number): Promise<number> => {
        const calls = Float32Array.of(Math.max(1, Math.round(milliseconds / perCall)));
        await communicator.broadcast(calls, 0);
        return calls[0]!;
      };
      await run(3);
      await run(await agree(warmupMilliseconds, (await run(3)) / 3));
      const calls = await agree(turnMilliseconds, (await run(10)) / 10);
      (times[name] ??= {})[bytes] = (await run(calls)) / calls;
    }
  }
  return times;
}

function contendersOf(communicator: Communicator, world: 'threads' | 'MPI'): Record<string, Contender> {
  const { blocking } = communicator;
  const contenders = (make: (length: number) => Float32Array, suffix: string): Record<string, Contender> => ({
    [`${world}, blocking${suffix}`]: (bytes) => {
      const values = make(bytes / 4);
      return () => blocking!.allReduce(values);
    },
    [`${world}, async${suffix}`]: (bytes) => {
      const values = make(bytes / 4);
      return () => communicator.allReduce(values);
    },
  });
  const own = (length: number): Float32Array => new Float32Array(length);
  if (world === 'MPI') return contenders(own, '');
  return {
    ...contenders((length) => communicator.allocate(length), ', allocate()'),
    ...contenders(own, ', own array'),
  };
}

/** The peer: `MPI_Allreduce` itself, called through koffi, which takes about 0.2 microseconds. */
function peerContender(): Contender {
  const require = createRequire(import.meta.url);
  const koffi = require('koffi') as {
    load(file: string): {
      symbol(name: string): bigint;
      func(name: string, result: string, parameters: string[]): (...given: unknown[]) => number;
    };
  };
  const library = koffi.load('libmpi.so.40');
  const parameters = ['void *', 'void *', 'int', 'intptr_t', 'intptr_t', 'intptr_t'];
  const allreduce = library.func('MPI_Allreduce', 'int', parameters);
  const [float, sum, world] = ['ompi_mpi_float', 'ompi_mpi_op_sum', 'ompi_mpi_comm_world'].map((name) =>
    library.symbol(name),
  );
  const inPlace = 1n;
  return (bytes) => {
    const values = new Float32Array(bytes / 4);
    return () => {
      allreduce(inPlace, values, values.length, float, sum, world);
    };
  };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}

if (!isMainThread) {
  await runRank((communicator) => measure(communicator, contendersOf(communicator, 'threads')));
} else if (process.argv[2] === 'mpi') {
  const communicator = await joinMpi({ timeout: 60_000 });
  const times = await measure(communicator, {
    ...contendersOf(communicator, 'MPI'),
    MPI_Allreduce: peerContender(),
  });
  if (communicator.rank === 0) console.log(JSON.stringify(times));
  await communicator.close();
}
