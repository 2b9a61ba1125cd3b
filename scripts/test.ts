// Runs every test and closes with the counts on a line of their own: `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'ds-test-'));
const report = path.join(folder, 'report.json');
const { status } = spawnSync(
  'vitest',
  [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--reporter=${import.meta.dirname}/skip-reporter.ts`,
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);

let failed = status === 0 ? 0 : 1;
if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  // A file that fails before its first test counts as one failure.
  const brokenFiles = result.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  failed = Math.max(failed, result.numFailedTests + brokenFiles);
  const skipped = result.numPendingTests + result.numTodoTests;
  console.log(
    `${result.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
} else {
  console.log(`0 passed, ${failed} failed`);
}
rmSync(folder, { recursive: true });
process.exit(failed === 0 ? 0 : 1);
