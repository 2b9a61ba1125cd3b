import { beforeEach, describe, expect, it } from 'vitest';
import { listCheckpoints } from './list-checkpoints.ts';
import { loadCheckpoint } from './load-checkpoint.ts';
import { saveCheckpoint } from './save-checkpoint.ts';
import type { CheckpointStorage } from './storage/checkpoint-storage.ts';
import { createMemoryStorage } from './storage/create-memory-storage.ts';

const contents = (step: number): Omit<Parameters<typeof saveCheckpoint>[1], 'tag'> => ({
  tensors: {
    'model.safetensors': { w: { dtype: 'F32', shape: [3], data: new Float32Array(3).fill(step) } },
    'optimizer.safetensors': { m: { dtype: 'F32', shape: [1], data: new Float32Array([step]) } },
  },
  json: { 'state.json': { step } },
});

/** The step of the checkpoint that loads, after checking that all its files are of that step. */
async function loadedStep(storage: CheckpointStorage, tag?: string): Promise<number> {
  const { tensors, json } = await loadCheckpoint(storage, tag === undefined ? {} : { tag });
  const { step } = json['state.json'] as { step: number };
  expect(tensors['model.safetensors']!['w']!.data).toEqual(new Float32Array(3).fill(step));
  expect(tensors['optimizer.safetensors']!['m']!.data).toEqual(new Float32Array([step]));
  return step;
}

/**
 * A place whose power fails at one call: the call does half its work, every later one fails, and what was not
 * flushed by `sync` is lost: files become empty.
 */
class FailingStorage implements CheckpointStorage {
  readonly name = 'disk';
  readonly files: Map<string, Uint8Array>;
  readonly calls: string[] = [];
  readonly failAt: number;
  readonly unflushed = new Set<string>();
  readonly memory: CheckpointStorage;

  constructor(files: Map<string, Uint8Array>, failAt: number) {
    this.files = files;
    this.failAt = failAt;
    this.memory = createMemoryStorage(files);
  }

  async run<R>(call: string, whole: () => Promise<R>, half: () => Promise<unknown> = whole): Promise<R> {
    this.calls.push(call);
    if (this.calls.length < this.failAt) return whole();
    if (this.calls.length === this.failAt) {
      await half();
      for (const path of this.unflushed) if (this.files.has(path)) this.files.set(path, new Uint8Array());
    }
    throw new Error('power failure');
  }

  read = (path: string) => this.run(`read ${path}`, () => this.memory.read(path));
  list = (path: string) => this.run(`list ${path}`, () => this.memory.list(path));

  write = (path: string, chunks: readonly Uint8Array[]) =>
    this.run(
      `write ${path}`,
      () => {
        this.unflushed.add(path);
        return this.memory.write(path, chunks);
      },
      () => this.memory.write(path, chunks.slice(0, 1)),
    );

  rename = (from: string, to: string) => {
    const whole = (): Promise<void> => {
      for (const path of this.unflushed) {
        if (path === from || path.startsWith(`${from}/`)) this.unflushed.add(to + path.slice(from.length));
      }
      return this.memory.rename(from, to);
    };
    // A rename is atomic: at the failure it has happened in one run of the test, and has not in the other.
    return this.run(`rename ${from}`, whole, this.renames ? whole : async () => undefined);
  };

  remove = (path: string) =>
    this.run(
      `remove ${path}`,
      () => this.memory.remove(path),
      async () => {
        const first = [...this.files.keys()].find((key) => key.startsWith(`${path}/`));
        if (first !== undefined) this.files.delete(first);
      },
    );

  sync = (path: string) =>
    this.run(
      `sync ${path}`,
      async () => {
        this.unflushed.delete(path);
      },
      async () => undefined,
    );

  renames = false;
}

describe.each([
  ['a new tag', 'step2', false],
  ['a new tag, the failing rename done', 'step2', true],
  ['the same tag', 'step1', false],
  ['the same tag, the failing rename done', 'step1', true],
  ['a new tag with old ones pruned', 'step2', true, 1],
])('a power failure at any call of a save of %s', (_, tag, renames, keep?: number) => {
  let before: Map<string, Uint8Array>;
  beforeEach(async () => {
    before = new Map();
    await saveCheckpoint(createMemoryStorage(before), { tag: 'step0', ...contents(0) });
    await saveCheckpoint(createMemoryStorage(before), { tag: 'step1', ...contents(1) });
  });

  const saveFailingAt = async (call: number): Promise<FailingStorage> => {
    const storage = new FailingStorage(new Map(before), call);
    storage.renames = renames;
    const options = { tag, ...contents(2), ...(keep === undefined ? {} : { keep }) };
    await saveCheckpoint(storage, options).catch(() => undefined);
    return storage;
  };

  it('leaves a whole checkpoint: the previous one until the switch, the new one after it', async () => {
    const { calls } = await saveFailingAt(Number.POSITIVE_INFINITY);
    expect(calls.length).toBeGreaterThan(15);
    const steps: number[] = [];
    for (let call = 1; call <= calls.length; call++) {
      const { files } = await saveFailingAt(call);
      steps.push(await loadedStep(createMemoryStorage(files)));
      const tags = (await listCheckpoints(createMemoryStorage(files))).map((info) => info.tag);
      expect(tags).toEqual([...new Set(tags)]);
    }
    const switched = steps.indexOf(2);
    expect(switched).toBeGreaterThan(9);
    expect(steps).toEqual(steps.map((_step, index) => (index < switched ? 1 : 2)));
  });

  it('leaves nothing that the next save does not clear up', async () => {
    const { calls } = await saveFailingAt(Number.POSITIVE_INFINITY);
    for (let call = 1; call <= calls.length; call++) {
      const { files } = await saveFailingAt(call);
      const storage = createMemoryStorage(files);
      await saveCheckpoint(storage, { tag: 'step3', ...contents(3) });
      expect(await loadedStep(storage)).toBe(3);
      expect((await storage.list('')).filter((name) => name.startsWith('.'))).toEqual([]);
      // Other tags are whole or gone, never half there.
      const tags = (await listCheckpoints(storage)).map((info) => info.tag);
      for (const other of tags) expect(await loadedStep(storage, other)).toBeLessThanOrEqual(3);
      expect(tags).toEqual(
        expect.arrayContaining(keep === undefined ? ['step0', 'step1', 'step3'] : ['step3']),
      );
    }
  });
});

describe('a call that fails once', () => {
  it('gives an error or a whole new checkpoint, and the tags of before either way', async () => {
    const before = new Map<string, Uint8Array>();
    await saveCheckpoint(createMemoryStorage(before), { tag: 'step1', ...contents(1) });
    for (let call = 1; call <= 30; call++) {
      const files = new Map(before);
      const memory = createMemoryStorage(files);
      let calls = 0;
      const once =
        <A extends unknown[], R>(run: (...values: A) => Promise<R>): ((...values: A) => Promise<R>) =>
        async (...values) => {
          if (++calls === call) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
          return run(...values);
        };
      const storage: CheckpointStorage = {
        name: 'disk',
        read: once(memory.read),
        write: once(memory.write),
        rename: once(memory.rename),
        list: once(memory.list),
        remove: once(memory.remove),
        sync: once(memory.sync),
      };
      const outcome = await saveCheckpoint(storage, { tag: 'step1', ...contents(2) }).then(
        async () => `saved ${await loadedStep(memory)}`,
        (error: Error) => error.message,
      );
      expect(outcome).toMatch(
        /^(saved 2|Cannot \w+ "disk.*": the disk is full\. Earlier checkpoints are unharmed; free .* \(ENOSPC\)\.)$/,
      );
      expect([1, 2]).toContain(await loadedStep(memory, 'step1'));
    }
  });
});
