import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** How an MPI starts ranks, or why it cannot. */
export interface Launcher {
  readonly name: string;
  readonly command: readonly string[];
  readonly missing: string | undefined;
}

function launcher(
  name: string,
  commands: readonly string[],
  options: readonly string[],
  banner: RegExp,
): Launcher {
  const command = commands.find((each) =>
    banner.test(spawnSync(each, ['--version'], { encoding: 'utf8' }).stdout ?? ''),
  );
  const missing = `MPI tests with ${name} skipped: none of ${commands.join(', ')} is installed.`;
  return command === undefined
    ? { name, command: [], missing }
    : { name, command: [command, ...options], missing: undefined };
}

export const openMpi: Launcher = launcher(
  'Open MPI',
  ['mpirun', 'mpirun.openmpi'],
  ['--allow-run-as-root', '--oversubscribe'],
  /Open MPI/,
);
export const mpich: Launcher = launcher('MPICH', ['mpirun.mpich', 'mpirun.hydra', 'mpirun'], [], /HYDRA/);

/** A running job. */
export interface Job {
  /** What ranks have written, by file name. */
  files(): Record<string, string>;
  /** Resolves when `mpirun` has ended, with its output. */
  readonly ended: Promise<{ readonly output: string; readonly code: number | null }>;
  dispose(): void;
}

/** Runs a file of this folder as ranks, with a folder to write to as the last of its first parameters. */
export function mpirun(
  { command }: Launcher,
  ranks: number,
  file: string,
  parameters: (folder: string) => readonly string[],
  options: readonly string[] = [],
): Job {
  const folder = mkdtempSync(path.join(tmpdir(), 'ds-mpi-'));
  const [program, ...given] = [...command, ...options, '-n', String(ranks), process.execPath];
  const child = spawn(program!, [...given, `${import.meta.dirname}/${file}`, ...parameters(folder)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let output = '';
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (output += String(data)));
  const ended = new Promise<{ output: string; code: number | null }>((resolve) => {
    child.once('close', (code) => resolve({ output, code }));
  });
  return {
    ended,
    files: () =>
      Object.fromEntries(
        readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
      ),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
