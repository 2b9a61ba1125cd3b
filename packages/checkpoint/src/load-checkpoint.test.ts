import { beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError } from './error.ts';
import { hasCheckpoint, listCheckpoints } from './list-checkpoints.ts';
import { loadCheckpoint } from './load-checkpoint.ts';
import { saveCheckpoint } from './save-checkpoint.ts';
import type { CheckpointStorage } from './storage/checkpoint-storage.ts';
import { createMemoryStorage } from './storage/create-memory-storage.ts';

describe('loadCheckpoint refuses', () => {
  let files: Map<string, Uint8Array>;
  let storage: CheckpointStorage;
  beforeEach(async () => {
    files = new Map();
    storage = createMemoryStorage(files);
    for (const tag of ['global_step10', 'global_step20']) {
      await saveCheckpoint(storage, {
        tag,
        tensors: { 'model.safetensors': { w: { dtype: 'U8', shape: [3], data: new Uint8Array([1, 2, 3]) } } },
        json: { 'state.json': { tag } },
      });
    }
  });

  const refusal = async (tag?: string): Promise<CheckpointError> => {
    const error: unknown = await loadCheckpoint(storage, tag === undefined ? {} : { tag }).catch(
      (reason: unknown) => reason,
    );
    if (!CheckpointError.isInstance(error))
      throw new Error(`Expected a CheckpointError, got ${String(error)}`);
    return error;
  };
  const change = (path: string, edit: (text: string) => string): void => {
    files.set(path, new TextEncoder().encode(edit(new TextDecoder().decode(files.get(path)))));
  };
  const manifest = 'global_step20/checkpoint.json';

  it('a place with nothing in it', async () => {
    files.clear();
    const { message, facts } = await refusal();
    expect(message).toBe(
      'There is no checkpoint in "memory": the folder is missing, or nothing has been saved to it. Check the path; ' +
        'hasCheckpoint() tells beforehand.',
    );
    expect(facts).toMatchObject({ folder: 'memory', tags: [] });
    expect(await hasCheckpoint(storage)).toBe(false);
    expect(await listCheckpoints(storage)).toEqual([]);
  });

  it('a tag that is not there, naming the nearest and the others', async () => {
    const { message, facts } = await refusal('global_step21');
    expect(message).toBe(
      'There is no checkpoint "global_step21" in "memory". Did you mean "global_step20"? ' +
        'It has: global_step10, global_step20.',
    );
    expect(facts.tags).toEqual(['global_step10', 'global_step20']);
  });

  it('a tag that cannot be one', async () => {
    await expect(loadCheckpoint(storage, { tag: '../secret' })).rejects.toThrow('A tag is up to 100');
  });

  it('a `latest` that names nothing, or is not there', async () => {
    files.set('latest', new TextEncoder().encode('global_step30\n'));
    expect((await refusal()).message).toContain(
      'The file "latest" in "memory" names the checkpoint "global_step30", which is not there. Did you mean',
    );
    expect(await hasCheckpoint(storage)).toBe(false);
    files.delete('latest');
    expect((await refusal()).message).toBe(
      '"memory" has no file "latest". Pass the tag to load: global_step10, global_step20.',
    );
  });

  it('every changed byte of every file', async () => {
    for (const name of ['model.safetensors', 'state.json']) {
      const file = `global_step20/${name}`;
      const original = files.get(file)!;
      for (let at = 0; at < original.length; at++) {
        files.set(file, original.with(at, original[at]! ^ 1));
        const { message, facts } = await refusal();
        expect(message).toBe(
          `The checkpoint "global_step20" is damaged: "memory/${file}" has changed since it was saved: its checksum ` +
            'differs. Others: global_step10.',
        );
        expect(facts).toMatchObject({ file, tag: 'global_step20' });
      }
      files.set(file, original);
    }
    expect((await loadCheckpoint(storage)).tag).toBe('global_step20');
  });

  it('a file that is cut or gone', async () => {
    const file = 'global_step20/state.json';
    files.set(file, files.get(file)!.subarray(0, 5));
    expect((await refusal()).message).toContain('state.json" has 5 bytes and was saved with 29. Others:');
    files.delete(file);
    expect((await refusal()).message).toContain('state.json" is missing. Others: global_step10.');
    for (const path of files.keys()) if (path.startsWith('global_step10/')) files.delete(path);
    expect((await refusal()).message).toContain('state.json" is missing. There is no other one.');
  });

  it('a version from the future', async () => {
    change(manifest, (text) => text.replace('"version": 1', '"version": 2'));
    expect((await refusal()).message).toBe(
      `"memory/${manifest}" has version 2 of the format; this @ds/checkpoint reads version 1. Install the ` +
        '@ds/checkpoint that wrote it, or a newer one.',
    );
  });

  it.each<[string, (text: string) => string, string]>([
    ['cut', (text) => text.slice(0, 20), 'is damaged: '],
    ['null', () => 'null', 'is not a checkpoint of this package.'],
    ['another file', () => '{}', 'is not a checkpoint of this package.'],
    ['no date', (text) => text.replace('"created"', '"creatde"'), 'is damaged: parts of it are missing.'],
    ['no files', (text) => text.replace('"files"', '"flies"'), 'is damaged: parts of it are missing.'],
    [
      'a path out',
      (text) => text.replace('"state.json"', '"../state.json"'),
      'is damaged: parts of it are missing.',
    ],
    ['no checksum', (text) => text.replace('"sha256"', '"sha255"'), 'is damaged: parts of it are missing.'],
  ])('a manifest that is damaged: %s', async (_, edit, message) => {
    change(manifest, edit);
    expect((await refusal()).message).toContain(`"memory/${manifest}" ${message}`);
    expect((await listCheckpoints(storage)).map(({ tag }) => tag)).toEqual(['global_step10']);
  });

  it('a file that is what was saved and still not safetensors', async () => {
    const bad = new Uint8Array(8);
    files.set('global_step20/model.safetensors', bad);
    // head -c 8 /dev/zero | sha256sum
    const digest = 'af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc';
    change(manifest, (text) =>
      text.replace(/"bytes": \d+,\s*"sha256": "\w+"/, `"bytes": 8, "sha256": "${digest}"`),
    );
    expect((await refusal()).message).toBe(
      '"memory/global_step20/model.safetensors": This is not a valid safetensors file: its header does not begin with {.',
    );
  });
});
