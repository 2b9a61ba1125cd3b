// Runs every static check and says at the end which failed: `pnpm check [name...]`.
import { spawnSync } from 'node:child_process';

const checks: Readonly<Record<string, readonly [string, ...string[]]>> = {
  format: ['oxfmt', '--check', '.'],
  lint: ['oxlint', '--type-aware', '--max-warnings=0', '--report-unused-disable-directives'],
  types: ['tsc', '-b'],
  'types of tests': ['tsc', '-p', 'tsconfig.test.json'],
  'unused code': ['knip', '--treat-config-hints-as-errors'],
  packages: ['node', 'scripts/check-packages.ts'],
  examples: ['node', 'scripts/check-examples.ts'],
};

const wanted = process.argv.slice(2);
const failed: string[] = [];
for (const [name, [command, ...args]] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const begin = performance.now();
  console.log(`\n== ${name}: ${[command, ...args].join(' ')}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok' : 'FAILED'} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\nEvery check passed.' : `\nFailed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
