// Installs what the repository needs, once, and runs one of its scripts: `node scripts/with-setup.mjs test:all`.
// Plain JavaScript for the Node the machine has (20 or newer); everything after this runs on the pinned Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(root, 'node_modules', '.setup-done');
const windows = process.platform === 'win32';

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(
    `Node 20 or newer is needed; this is ${process.version}. Install it from https://nodejs.org.`,
  );
  process.exit(1);
}

/** Changes when any file that decides what is installed changes. */
function fingerprint() {
  const hash = createHash('sha256');
  const manifests = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((name) => path.join(folder, name, 'package.json')),
  );
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    if (existsSync(path.join(root, file))) hash.update(file).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

// Ctrl-C is the program's business: it may want to save first.
process.on('SIGINT', () => {});

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: windows });
  if (error) {
    console.error(`Cannot run ${command}: ${error.message}`);
    process.exit(1);
  }
  return status ?? 1;
}

const wanted = fingerprint();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  console.log('Setting up: installing pnpm and the dependencies (once).');
  const status = run('npx', ['--yes', `pnpm@${devDependencies.pnpm}`, 'install', '--frozen-lockfile']);
  if (status !== 0) {
    console.error('Setting up failed; the message above says why. Nothing was run.');
    process.exit(status);
  }
  writeFileSync(stamp, wanted);
}

const [script, ...args] = process.argv.slice(2);
process.exit(
  run(path.join(root, 'node_modules', '.bin', windows ? 'pnpm.cmd' : 'pnpm'), ['run', script, ...args]),
);
