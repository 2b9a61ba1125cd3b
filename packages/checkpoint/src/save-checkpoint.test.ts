import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasCheckpoint, listCheckpoints } from './list-checkpoints.ts';
import { loadCheckpoint } from './load-checkpoint.ts';
import type { SaveCheckpointOptions } from './save-checkpoint.ts';
import { saveCheckpoint } from './save-checkpoint.ts';
import type { CheckpointStorage } from './storage/checkpoint-storage.ts';
import { createMemoryStorage } from './storage/create-memory-storage.ts';

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe('saveCheckpoint', () => {
  let files: Map<string, Uint8Array>;
  let storage: CheckpointStorage;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) });
    files = new Map();
    storage = createMemoryStorage(files);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const tags = async (): Promise<string[]> => (await listCheckpoints(storage)).map(({ tag }) => tag);

  it('gives back what was saved, bit for bit', async () => {
    const saved: SaveCheckpointOptions = {
      tag: 'global_step3',
      tensors: {
        'model.safetensors': {
          w: { dtype: 'F32', shape: [2, 2], data: new Float32Array([1, -0, 1e-45, 3.4e38]) },
          ids: { dtype: 'I64', shape: [1], data: new BigInt64Array([-5n]) },
        },
        'empty.safetensors': {},
      },
      json: {
        'state.json': { step: 3, best: Number.NEGATIVE_INFINITY, betas: [0.9, 0.999] },
        'list.json': [],
      },
    };
    await saveCheckpoint(storage, saved);
    expect(await loadCheckpoint(storage)).toStrictEqual({
      created: new Date(Date.UTC(2026, 0, 1)),
      ...saved,
    });
  });

  it('writes the files, a manifest with their checksums, and DeepSpeed’s file `latest`', async () => {
    const info = await saveCheckpoint(storage, { tag: 'step1', json: { 'state.json': 1 } });
    expect([...files.keys()].toSorted()).toEqual(['latest', 'step1/checkpoint.json', 'step1/state.json']);
    expect(text(files.get('latest'))).toBe('step1');
    expect(text(files.get('step1/state.json'))).toBe('1\n');
    expect(JSON.parse(text(files.get('step1/checkpoint.json')))).toEqual({
      format: 'ds-checkpoint',
      version: 1,
      tag: 'step1',
      created: '2026-01-01T00:00:00.000Z',
      files: [
        {
          name: 'state.json',
          bytes: 2,
          // printf '1\n' | sha256sum
          sha256: '4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865',
        },
      ],
    });
    expect(info).toEqual({ tag: 'step1', created: new Date(Date.UTC(2026, 0, 1)), bytes: 2, isLatest: true });
  });

  it('lists tags by age, those of one moment by number', async () => {
    for (const tag of ['step10', 'step9']) await saveCheckpoint(storage, { tag });
    vi.setSystemTime(Date.UTC(2026, 0, 2));
    await saveCheckpoint(storage, { tag: 'best', json: { 'a.json': '' } });
    await saveCheckpoint(storage, { tag: 'step9', json: { 'a.json': '' } });
    expect(await tags()).toEqual(['step10', 'best', 'step9']);
    expect((await listCheckpoints(storage)).map(({ isLatest, bytes }) => [isLatest, bytes])).toEqual([
      [false, 0],
      [false, 3],
      [true, 3],
    ]);
    expect(await hasCheckpoint(storage)).toBe(true);
    expect(await hasCheckpoint(storage, { tag: 'step10' })).toBe(true);
    expect(await hasCheckpoint(storage, { tag: 'step1' })).toBe(false);
  });

  it('keeps the newest, and always the one just saved', async () => {
    for (let step = 1; step <= 5; step++) {
      vi.setSystemTime(Date.UTC(2026, 0, step));
      await saveCheckpoint(storage, { tag: `step${step}`, keep: 2 });
    }
    expect(await tags()).toEqual(['step4', 'step5']);
    vi.setSystemTime(Date.UTC(2025, 0, 1)); // A clock that was set back.
    await saveCheckpoint(storage, { tag: 'step6', keep: 1 });
    expect(await tags()).toEqual(['step6']);
    expect([...files.keys()].toSorted()).toEqual(['latest', 'step6/checkpoint.json']);
  });

  it('never deletes a folder that is not a checkpoint', async () => {
    files.set('notes/a.txt', new Uint8Array(1));
    await expect(saveCheckpoint(storage, { tag: 'notes' })).rejects.toThrow(
      '"memory/notes" is there already and is not a checkpoint. Choose another tag, or move it away.',
    );
    await saveCheckpoint(storage, { tag: 'step1', keep: 1 });
    expect(files.has('notes/a.txt')).toBe(true);
  });

  it('takes effect in the order of the calls when saves are not awaited', async () => {
    const slow: CheckpointStorage = {
      ...storage,
      write: async (path, chunks) => {
        if (path.endsWith('a.json')) await new Promise((resolve) => setTimeout(resolve, 20));
        await storage.write(path, chunks);
      },
    };
    await Promise.all([
      saveCheckpoint(slow, { tag: 'step1', json: { 'a.json': 1 } }),
      saveCheckpoint(slow, { tag: 'bad', json: { 'a.json': 1 }, keep: 2 }),
      saveCheckpoint(slow, { tag: 'step1', json: { 'b.json': 2 } }),
    ]);
    expect((await loadCheckpoint(storage)).json).toEqual({ 'b.json': 2 });
    expect(await tags()).toEqual(['bad', 'step1']);
  });

  it('leaves alone what another running process is writing, for a day', async () => {
    const other = '.saving~host.1.2.x~0~1~';
    files.set(`${other}/model.safetensors`, new Uint8Array(1));
    const shared = { ...storage, writer: 'me', mayBeRunning: () => true };
    vi.setSystemTime(24 * 3600 * 1000);
    await saveCheckpoint(shared, { tag: 'step1' });
    expect(await storage.list('')).toContain(other);
    vi.setSystemTime(24 * 3600 * 1000 + 1);
    await saveCheckpoint(shared, { tag: 'step2' });
    expect(await storage.list('')).not.toContain(other);
    files.set(`${other}/model.safetensors`, new Uint8Array(1));
    vi.setSystemTime(0);
    await saveCheckpoint({ ...shared, mayBeRunning: () => false }, { tag: 'step3' });
    expect(await storage.list('')).not.toContain(other);
  });

  it.each<[SaveCheckpointOptions, string]>([
    [{ tag: '' }, 'A tag is up to 100 letters'],
    [{ tag: '../up' }, 'got "../up". For example: global_step100.'],
    [{ tag: '.hidden' }, 'A tag is'],
    [{ tag: 'dot.' }, 'A tag is'],
    [{ tag: 'Latest' }, 'is not "latest"'],
    [{ tag: 'a'.repeat(101) }, 'A tag is'],
    [{ tag: 3 as unknown as string }, 'got 3'],
    [{ tag: 'a', keep: 0 }, '`keep` is how many checkpoints to hold, 1 or more; got 0.'],
    [{ tag: 'a', keep: 1.5 }, '`keep` is'],
    [
      { tag: 'a', tensors: { model: {} } },
      'ends in .safetensors; got "model". For example: model.safetensors.',
    ],
    [{ tag: 'a', tensors: { 'a/b.safetensors': {} } }, 'got "a/b.safetensors"'],
    [{ tag: 'a', json: { 'a.txt': 1 } }, 'ends in .json; got "a.txt"'],
    [{ tag: 'a', json: { 'checkpoint.json': 1 } }, 'The name checkpoint.json is kept for the list'],
    [{ tag: 'a', json: { 'a.json': 1, 'A.json': 2 } }, 'The files "a.json" and "A.json" would be one file'],
    [
      {
        tag: 'a',
        tensors: { 'm.safetensors': { w: { dtype: 'F32', shape: [2], data: new Float32Array(1) } } },
      },
      'Tensor "w" of shape [2] takes 2 elements; its data has 1.',
    ],
    [
      { tag: 'a', json: { 'a.json': { f: new Map() } } },
      'a.json cannot be written: "f" is an instance of Map',
    ],
  ])('refuses %j before anything is written', async (options, message) => {
    await expect(saveCheckpoint(storage, options)).rejects.toThrow(message);
    expect(files.size).toBe(0);
  });

  it('refuses a place that is none', async () => {
    await expect(saveCheckpoint('', { tag: 'a' })).rejects.toThrow('A checkpoint folder is needed');
    await expect(saveCheckpoint(null as unknown as string, { tag: 'a' })).rejects.toThrow('got null');
  });
});
