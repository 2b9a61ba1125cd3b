// Builds every package, packs it as pnpm would publish it, and checks the tarball with publint and attw.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const folder = mkdtempSync(path.join(tmpdir(), 'ds-pack-'));

function run(command: string, args: readonly string[], cwd: string): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) console.log(`$ ${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return status === 0;
}

let good = run('pnpm', ['-r', '--workspace-concurrency=1', '--filter', './packages/*', 'run', 'build'], root);
for (const name of good ? readdirSync(path.join(root, 'packages')) : []) {
  const cwd = path.join(root, 'packages', name);
  const { name: packageName } = JSON.parse(readFileSync(path.join(cwd, 'package.json'), 'utf8')) as {
    name: string;
  };
  const packed = run('pnpm', ['pack', '--pack-destination', folder], cwd);
  const tarball = path.join(
    folder,
    readdirSync(folder).find((file) => file.startsWith(packageName.replace('@', '').replace('/', '-')))!,
  );
  const checked =
    packed &&
    [run('publint', ['--strict', tarball], cwd), run('attw', ['--profile', 'node16', tarball], cwd)].every(
      (passed) => passed,
    );
  console.log(`${checked ? 'ok    ' : 'FAILED'} ${packageName}`);
  good &&= checked;
  rmSync(tarball, { force: true });
}
rmSync(folder, { recursive: true });
process.exit(good ? 0 : 1);
