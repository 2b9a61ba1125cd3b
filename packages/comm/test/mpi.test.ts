import { UnavailableError } from '@ds/tensor';
import { describe, expect, it, vi } from 'vitest';
import { loadMpi } from '../src/mpi/library.ts';
import { conformanceRuns, expectedChecksums } from './expected-checksums.ts';
import type { Job } from './mpirun.ts';
import { mpich, mpirun, openMpi } from './mpirun.ts';
import type { CaseResult } from './run-cases.ts';

type Results = Record<string, CaseResult>;

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

for (const { missing } of [openMpi, mpich]) if (missing !== undefined) console.warn(missing);

describe.each([
  { ...openMpi, sizes: [1, 2, 3] },
  { ...mpich, sizes: [3] },
])('$name', ({ sizes, ...launcher }) => {
  describe.skipIf(launcher.missing !== undefined).each(conformanceRuns(sizes))(
    'conformance run %#',
    (...cases) => {
      const { ranks } = cases[0]!;
      const names = JSON.stringify(cases.map(({ name }) => name));
      let results: Promise<readonly Results[]> | undefined;
      const start = async (): Promise<readonly Results[]> => {
        const job = mpirun(launcher, ranks, 'mpi-conformance-process.ts', (folder) => [names, folder]);
        const { output } = await job.ended;
        const files = Object.values(job.files());
        job.dispose();
        if (files.length !== ranks) throw new Error(output);
        return files.map((text) => JSON.parse(text) as Results);
      };
      it.each(cases)('$name', async (each) => {
        const expected = await expectedChecksums(each);
        const found = await (results ??= start());
        expect(found.map((result) => result[each.name])).toEqual(expected.map((checksum) => ({ checksum })));
      });
    },
  );
});

describe.skipIf(openMpi.missing !== undefined)('jobs of Open MPI', () => {
  /** Starts three ranks, and waits until all are at work. */
  const start = async (
    parameters: readonly string[],
    options: readonly string[] = [],
  ): Promise<{ readonly job: Job; readonly pids: readonly number[] }> => {
    const job = mpirun(openMpi, 3, 'mpi-process.ts', (folder) => [folder, ...parameters], options);
    const pids = (): number[] => {
      const files = job.files();
      return [0, 1, 2].map((rank) => Number(files[`pid${rank}`] ?? ''));
    };
    await vi.waitFor(() => expect(pids().every((pid) => pid > 0)).toBe(true), { timeout: 20_000 });
    return { job, pids: pids() };
  };

  it.each([1, 2, 3])('end when a process is killed, and mpirun names it, attempt %i', async () => {
    const { job, pids } = await start([]);
    await sleep(200 * Math.random());
    process.kill(pids[1]!, 'SIGKILL');
    const begin = performance.now();
    const { output, code } = await job.ended;
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(output).toMatch(/process rank 1 with PID \d+ .* exited on signal 9/);
    expect(code).not.toBe(0);
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 5000 });
    job.dispose();
  });

  it('where mpirun lets the others go on, they name the killed one themselves', async () => {
    const { job, pids } = await start(['1500'], ['--enable-recovery']);
    process.kill(pids[1]!, 'SIGKILL');
    const begin = performance.now();
    await job.ended;
    expect(performance.now() - begin).toBeLessThan(10_000);
    const { error0, error2 } = job.files();
    for (const error of [error0, error2])
      expect(error).toMatch(/^RankFailedError: Rank \d waited 1500 ms .* for rank 1\./);
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 5000 });
    job.dispose();
  });

  it('end when a rank hangs, naming it', async () => {
    const { job, pids } = await start(['500', '2']);
    await job.ended;
    const { error0, error1 } = job.files();
    for (const error of [error0, error1]) {
      expect(error).toMatch(
        /^RankFailedError: Rank \d waited 500 ms in allReduce\(sum of 50000 float32\) as call 7 .* for rank 2\./,
      );
    }
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 5000 });
    job.dispose();
  });
});

it('says what to install where there is no MPI', async () => {
  vi.stubEnv('DS_MPI_LIBRARY', '/nowhere/libmpi.so');
  const error = await loadMpi().catch((reason: unknown) => reason);
  vi.unstubAllEnvs();
  expect(error).toBeInstanceOf(UnavailableError);
  expect(String(error)).toMatch(/apt-get install openmpi-bin.*Tried \/nowhere\/libmpi.so:/);
});
