import { concatenate } from '../concatenate.ts';
import type { CheckpointStorage } from './checkpoint-storage.ts';

/**
 * Creates a place for checkpoints in memory, for tests and for pages that keep or send the bytes themselves.
 *
 * @param files its files by path; the map is used, not copied, so that it can be read and filled from outside.
 *
 * @example
 * const storage = createMemoryStorage();
 * await saveCheckpoint(storage, { tag: 'step1', tensors: {}, json: { 'state.json': { step: 1 } } });
 * (await loadCheckpoint(storage)).json['state.json']; // { step: 1 }
 */
export function createMemoryStorage(files: Map<string, Uint8Array> = new Map()): CheckpointStorage {
  const inside = (path: string): string[] => [...files.keys()].filter((key) => key.startsWith(`${path}/`));
  return {
    name: 'memory',
    async read(path) {
      return files.get(path)?.slice();
    },
    async write(path, chunks) {
      files.set(path, concatenate(chunks));
    },
    async rename(from, to) {
      const moved = files.has(from) ? [from] : inside(from);
      if (moved.length === 0) throw new Error(`There is no "${from}" to rename.`);
      if (inside(to).length > 0) throw new Error(`"${to}" is a folder that holds files.`);
      for (const path of moved) {
        files.set(to + path.slice(from.length), files.get(path)!);
        files.delete(path);
      }
    },
    async list(folder) {
      const prefix = folder === '' ? '' : `${folder}/`;
      const paths = [...files.keys()].filter((path) => path.startsWith(prefix));
      return [...new Set(paths.map((path) => path.slice(prefix.length).split('/')[0]!))];
    },
    async remove(path) {
      for (const removed of [path, ...inside(path)]) files.delete(removed);
    },
    async sync() {},
  };
}
