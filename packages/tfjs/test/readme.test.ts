import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const blocks = [...readme.matchAll(/^## (.+)$|^```ts\n([\s\S]*?)^```$/gm)];

/** Every block of code, with the heading that it stands under. */
const examples = blocks.flatMap(([, heading, code], index) => {
  if (heading !== undefined) return [];
  const above = blocks.slice(0, index).findLast(([, title]) => title !== undefined);
  return [[above![1]!, code!] as const];
});

/** Runs a program in a Node of its own, in this package, and returns what it prints. */
async function run(code: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', code],
    { cwd: root },
  );
  return stdout;
}

describe('the examples of the readme', () => {
  it.each(examples)('run alone: %s', async (_, code) => {
    await run(code);
  });

  it('print what they say', async () => {
    const [, code] = examples.find(([heading]) => heading === 'A model')!;
    expect(await run(code)).toMatch(
      /^dense_1 \[ 'dense_1\/kernel', 'dense_1\/bias' \]\ndense \[ 'dense\/kernel', 'dense\/bias' \]\n0\.\d+\n$/,
    );
  });
});
