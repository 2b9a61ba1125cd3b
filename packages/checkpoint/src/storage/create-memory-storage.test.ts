import { describe, expect, it } from 'vitest';
import { createMemoryStorage } from './create-memory-storage.ts';

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

describe('createMemoryStorage', () => {
  it('keeps files of its own', async () => {
    const storage = createMemoryStorage();
    const chunk = bytes(1, 2);
    await storage.write('a/b', [chunk, bytes(3)]);
    chunk[0] = 9;
    const read = await storage.read('a/b');
    expect(read).toEqual(bytes(1, 2, 3));
    read![0] = 9;
    expect(await storage.read('a/b')).toEqual(bytes(1, 2, 3));
    expect(await storage.read('a')).toBeUndefined();
  });

  it('lists, renames and removes files and folders', async () => {
    const storage = createMemoryStorage();
    for (const path of ['a/x', 'a/y/z', 'ab', 'c']) await storage.write(path, []);
    expect(await storage.list('')).toEqual(['a', 'ab', 'c']);
    expect(await storage.list('a')).toEqual(['x', 'y']);
    expect(await storage.list('missing')).toEqual([]);
    await storage.rename('a', 'd');
    await storage.rename('ab', 'c');
    expect(await storage.list('')).toEqual(['c', 'd']);
    expect(await storage.list('d/y')).toEqual(['z']);
    await storage.remove('d');
    await storage.remove('missing');
    expect(await storage.list('')).toEqual(['c']);
  });

  it('refuses renames that a file system refuses', async () => {
    const storage = createMemoryStorage();
    await storage.write('a/x', []);
    await storage.write('b/x', []);
    await expect(storage.rename('a', 'b')).rejects.toThrow('"b" is a folder that holds files.');
    await expect(storage.rename('missing', 'c')).rejects.toThrow('There is no "missing" to rename.');
  });
});
