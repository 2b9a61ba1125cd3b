import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UnavailableError } from '@ds/tensor';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from './read.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ds-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const name = path.join(folder, 'ds_config.json');
  writeFileSync(name, text);
  return name;
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return (error as Error).message.replaceAll(folder, 'FOLDER').replaceAll(process.cwd(), 'HERE');
}

describe('readConfig', () => {
  it('reads JSON with comments and trailing commas', async () => {
    const name = file(
      '{\n  // samples\n  "train_batch_size": 8, /* and */ "fp16": { "enabled": false, },\n}',
    );
    expect(await readConfig(name)).toEqual({ train_batch_size: 8, fp16: { enabled: false } });
  });

  it('rejects keys given twice, at any depth', async () => {
    const name = file(
      '{\n "train_batch_size": 8,\n "fp16": { "enabled": false, "enabled": true },\n "train_batch_size": 4 }',
    );
    expect(await messageOf(readConfig(name))).toMatchInlineSnapshot(`
      "The configuration FOLDER/ds_config.json:
      - "fp16.enabled" is given twice, at line 3, column 12 and at line 3, column 30. Keep one.
      - "train_batch_size" is given twice, at line 2, column 2 and at line 4, column 2. Keep one."
    `);
  });

  it('says where the JSON is wrong', async () => {
    expect(await messageOf(readConfig(file('{\n "train_batch_size" 8 }')))).toMatchInlineSnapshot(
      `"The configuration FOLDER/ds_config.json: It is not JSON at line 2, column 21: colon expected."`,
    );
    expect(await messageOf(readConfig(file('')))).toMatchInlineSnapshot(
      `"The configuration FOLDER/ds_config.json: It is not JSON at line 1, column 1: value expected."`,
    );
  });

  it('names the file in what is wrong with its keys', async () => {
    expect(await messageOf(readConfig(file('{ "train_batchsize": 8 }')))).toContain('FOLDER/ds_config.json');
  });

  it('says where it looked for a file that is not there', async () => {
    const promise = readConfig('no-such-file.json');
    await expect(promise).rejects.toSatisfy((error) => UnavailableError.isInstance(error));
    expect(await messageOf(promise)).toMatchInlineSnapshot(
      `"The configuration "no-such-file.json" cannot be read (ENOENT: no such file or directory, open 'no-such-file.json'). A relative path starts at HERE."`,
    );
  });
});
