import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnavailableError } from '@ds/tensor';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CheckpointError } from '../error.ts';
import { hasCheckpoint, listCheckpoints } from '../list-checkpoints.ts';
import { loadCheckpoint } from '../load-checkpoint.ts';
import { saveCheckpoint } from '../save-checkpoint.ts';
import { createFolderStorage } from './create-folder-storage.ts';

describe('a folder of checkpoints', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ds-checkpoint-'));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    rmSync(root, { recursive: true, force: true });
  });

  const weights = (value: number) =>
    ({
      'model.safetensors': { w: { dtype: 'F64', shape: [1000], data: new Float64Array(1000).fill(value) } },
    }) as const;

  it('saves, replaces, lists, prunes and loads', async () => {
    const folder = join(root, 'runs/gpt');
    expect(await hasCheckpoint(folder)).toBe(false);
    await saveCheckpoint(folder, { tag: 'step1', tensors: weights(1), json: { 'state.json': { step: 1 } } });
    await saveCheckpoint(folder, { tag: 'step2', tensors: weights(2) });
    await saveCheckpoint(folder, { tag: 'step2', tensors: weights(3) });
    expect((await listCheckpoints(folder)).map(({ tag }) => tag)).toEqual(['step1', 'step2']);
    expect(readFileSync(join(folder, 'latest'), 'utf8')).toBe('step2');
    const loaded = await loadCheckpoint(folder);
    expect(loaded.tensors['model.safetensors']!['w']!.data).toEqual(new Float64Array(1000).fill(3));
    expect((await loadCheckpoint(folder, { tag: 'step1' })).json).toEqual({ 'state.json': { step: 1 } });
    await saveCheckpoint(folder, { tag: 'step3', keep: 1 });
    expect(readdirSync(folder).toSorted()).toEqual(['latest', 'step3']);
  });

  it('reads aligned tensors as views of one array each file', async () => {
    await saveCheckpoint(root, { tag: 'step1', tensors: weights(1) });
    const { data } = (await loadCheckpoint(root)).tensors['model.safetensors']!['w']!;
    expect(data.buffer.byteLength).toBe(readFileSync(join(root, 'step1/model.safetensors')).length);
  });

  it('writes shared memory', async () => {
    const data = new Float32Array(new SharedArrayBuffer(8)).fill(7);
    await saveCheckpoint(root, {
      tag: 'step1',
      tensors: { 'm.safetensors': { w: { dtype: 'F32', shape: [2], data } } },
    });
    const loaded = await loadCheckpoint(root);
    expect(loaded.tensors['m.safetensors']!['w']!.data).toEqual(new Float32Array([7, 7]));
  });

  it('clears up after a process that is gone, and not after one that runs', async () => {
    const storage = await createFolderStorage(root);
    const [host, , start] = storage.writer!.split('.');
    const gone = await new Promise<number>((resolve) => {
      const child = spawn(process.execPath, ['--version']);
      child.on('exit', () => resolve(child.pid!));
    });
    const now = Date.now().toString(36);
    const left = {
      gone: `.saving~${host}.${gone}.0.x~${now}~1~`,
      sameIdBeforeRestart: `.saving~${host}.${process.pid}.5.x~${now}~1~`,
      parent: `.saving~${host}.${process.ppid}.0.x~${now}~1~`,
      otherThread: `.saving~${host}.${process.pid}.${start}.x~${now}~1~`,
      otherHost: `.saving~elsewhere.1.0.x~${now}~1~`,
    };
    for (const name of Object.values(left)) mkdirSync(join(root, name));
    await saveCheckpoint(root, { tag: 'step1' });
    expect(readdirSync(root).toSorted()).toEqual(
      [left.parent, left.otherThread, left.otherHost, 'latest', 'step1'].toSorted(),
    );
  });

  it('explains what the file system refuses', async () => {
    writeFileSync(join(root, 'file'), '');
    const refused = (await saveCheckpoint(join(root, 'file'), { tag: 'a' }).catch(
      (error: unknown) => error,
    )) as Error;
    expect(CheckpointError.isInstance(refused)).toBe(true);
    expect(refused.message).toMatch(
      /^Cannot write ".*file\/\.saving.*": a file is in the way\. Use another folder \(E\w+\)\.$/,
    );
    mkdirSync(join(root, 'step1/checkpoint.json'), { recursive: true });
    await expect(loadCheckpoint(root, { tag: 'step1' })).rejects.toThrow(
      /^Cannot read ".*step1\/checkpoint\.json": EISDIR/,
    );
  });

  it('says what to pass where there is no Node', async () => {
    vi.stubGlobal('process', undefined);
    const error: unknown = await loadCheckpoint('runs/gpt').catch((reason: unknown) => reason);
    vi.unstubAllGlobals();
    expect(UnavailableError.isInstance(error)).toBe(true);
    expect((error as Error).message).toContain(
      'Pass a CheckpointStorage instead, for example createMemoryStorage().',
    );
  });

  it('survives a process that is killed while it saves', async () => {
    const script = `
      import { saveCheckpoint } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
      for (let step = 0; ; step++) {
        const data = new Float64Array(100_000).fill(step);
        await saveCheckpoint(${JSON.stringify(root)}, {
          tag: 'tag' + (step % 2),
          tensors: { 'a.safetensors': { w: { dtype: 'F64', shape: [100_000], data } } },
          json: { 'state.json': step },
        });
        if (step === 3) console.log('saving');
      }`;
    for (const delay of [0, 7, 13, 22, 31]) {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      for (const { tag } of await listCheckpoints(root)) {
        const { json, tensors } = await loadCheckpoint(root, { tag });
        const values = new Set(tensors['a.safetensors']!['w']!.data as Float64Array);
        expect(values).toEqual(new Set([json['state.json']]));
      }
      expect(await hasCheckpoint(root)).toBe(true);
    }
  });
});
