// Runs every example for a moment, and checks what it prints.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const out = mkdtempSync(path.join(tmpdir(), 'ds-examples-'));
const tiny = ['--size', 'tiny', '--batch', '4', '--backend', 'wasm', '--out', out];

/** An example, its arguments and what its output must contain. */
const runs: readonly (readonly [string, readonly string[], readonly RegExp[]])[] = [
  [
    'tutorial',
    [],
    [/Learning rate after warm-up: 0\.01000\n/, /Loss of the first step: \d/, /Training step completed/],
  ],
  ['fit', [], [/test accuracy (9\d\.\d) %[^]*test accuracy (9\d\.\d) %/]],
  [
    'gpt',
    [...tiny, '--steps', '20'],
    [/Held-out loss {3}\d\.\d{3} bits per byte/, /Unigram model {3}\d\.\d{3}/, /It writes:/],
  ],
  ['gpt', [...tiny, '--steps', '24', '--resume'], [/Resuming after step 20 of 24/]],
  ['gpt', [...tiny, '--steps', '24', '--resume'], [/Nothing is left to do/]],
  [
    'gpt',
    ['--step', '5'],
    [/^There is no option --step\. Did you mean --steps\?\n\nTrains a byte-level GPT/],
  ],
  ['gpt', ['--steps', 'many'], [/^--steps must be a whole number, 1 or more; got "many"\./]],
  ['gpt', ['--steps'], [/^Option '--steps <value>' argument missing/]],
  ['gpt', ['--size', 'huge'], [/^--size must be one of tiny, small, medium; got "huge"\./]],
  ['gpt', ['--data', 'nowhere.txt'], [/^--data: there is no file .*nowhere\.txt\./]],
  ['gpt', ['--data', '.'], [/^--data: .* is not a file\./]],
  ['gpt', ['--data', 'package.json'], [/^--data: the text is too short\./]],
  ['gpt', ['--backend', 'wsam'], [/^Unknown backend "wsam"\. Did you mean "wasm"\?/]],
];

process.on('exit', () => rmSync(out, { recursive: true, force: true }));

let failed = false;
for (const [name, args, expected] of runs) {
  const { stdout, stderr } = spawnSync('node', ['main.ts', ...args], {
    cwd: path.join(root, 'examples', name),
    encoding: 'utf8',
  });
  const missing = expected.filter((pattern) => !pattern.test(stdout + stderr));
  // What goes wrong must be said, not traced.
  if (/^ {4}at /m.test(stderr)) missing.push(/no stack trace/);
  console.log(`${missing.length === 0 ? 'ok    ' : 'FAILED'} ${name} ${args.join(' ')}`);
  if (missing.length > 0) {
    failed = true;
    console.log(`Not found: ${missing.map(String).join(', ')}\n${stdout}${stderr}`);
  }
}
// The chart must be there, with a curve of every kind.
const chart = readFileSync(path.join(out, 'loss.svg'), 'utf8');
for (const series of ['training', 'held out', 'learning rate']) failed ||= !chart.includes(series);
process.exit(failed ? 1 : 0);
