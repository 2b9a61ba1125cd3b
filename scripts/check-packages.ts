// Builds every package, packs it as pnpm would publish it, checks the tarball with publint and attw, then installs all
// of them as a user would and runs programs on them, in ES modules and CommonJS.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const folder = mkdtempSync(path.join(tmpdir(), 'ds-pack-'));

function run(command: string, args: readonly string[], cwd: string): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) console.log(`$ ${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return status === 0;
}

/** The Node that the machine has, besides the pinned one that runs this. */
function systemNode(): string {
  const folders = process.env['PATH']!.split(path.delimiter).filter((each) => !each.includes('node_modules'));
  return folders.map((each) => path.join(each, 'node')).find((file) => existsSync(file)) ?? process.execPath;
}

const tarballs: Record<string, string> = {};
let good = run('pnpm', ['-r', '--workspace-concurrency=1', '--filter', './packages/*', 'run', 'build'], root);
for (const name of good ? readdirSync(path.join(root, 'packages')) : []) {
  const cwd = path.join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(path.join(cwd, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  const tarball = path.join(
    folder,
    `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`,
  );
  const checked =
    run('pnpm', ['pack', '--pack-destination', folder], cwd) &&
    [run('publint', ['--strict', tarball], cwd), run('attw', ['--profile', 'node16', tarball], cwd)].every(
      Boolean,
    );
  console.log(`${checked ? 'ok    ' : 'FAILED'} ${manifest.name}`);
  good &&= checked;
  tarballs[manifest.name] = `file:${tarball}`;
}

if (good) {
  const consumer = path.join(folder, 'consumer');
  cpSync(path.join(root, 'scripts/consumer'), consumer, { recursive: true });
  const tfjs = ['core', 'layers', 'backend-cpu'].map((part) => [`@tensorflow/tfjs-${part}`, '4.22.0']);
  writeFileSync(
    path.join(consumer, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: { ...tarballs, ...Object.fromEntries(tfjs) },
      overrides: tarballs,
    }),
  );
  good = run('npm', ['install', '--no-audit', '--no-fund'], consumer);
  for (const node of good ? new Set([systemNode(), process.execPath]) : []) {
    for (const program of ['train.mjs', 'train.cjs']) {
      const ran = run(node, [program], consumer);
      const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
      console.log(`${ran ? 'ok    ' : 'FAILED'} ${program} on Node ${version}, from the tarballs`);
      good &&= ran;
    }
  }
}
rmSync(folder, { recursive: true });
process.exit(good ? 0 : 1);
