import type * as FileSystem from 'node:fs/promises';
import type * as System from 'node:os';
import type * as Path from 'node:path';
import { UnavailableError } from '@ds/tensor';
import type { CheckpointStorage } from './checkpoint-storage.ts';
import { importNode } from './import-node.ts';
import { createProcessWriter, mayBeRunning } from './process-writer.ts';

/** One read or write call; Node's limit is just below 2 GiB. */
const PIECE_BYTES = 1 << 30;

/**
 * Opens a folder of the file system as a place for checkpoints. Node only; nothing is created until something is
 * written.
 *
 * @throws UnavailableError where there is no Node.
 *
 * @example
 * const storage = await createFolderStorage('runs/gpt');
 * await storage.list(''); // ['latest', 'step10']
 */
export async function createFolderStorage(folder: string): Promise<CheckpointStorage> {
  const files = await importNode<typeof FileSystem>('node:fs/promises');
  const paths = await importNode<typeof Path>('node:path');
  const system = await importNode<typeof System>('node:os');
  if (files === undefined || paths === undefined || system === undefined) {
    throw new UnavailableError(
      `The folder "${folder}" needs Node's file system, which is not here. Pass a CheckpointStorage instead, for ` +
        'example createMemoryStorage().',
    );
  }
  const host = system.hostname();
  const locate = (path: string): string => paths.resolve(folder, path);

  const withFile = async <R>(
    path: string,
    flags: string,
    use: (file: FileSystem.FileHandle) => Promise<R>,
  ): Promise<R> => {
    const file = await files.open(path, flags);
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  };

  const syncFolder = async (path: string): Promise<void> => {
    // Windows cannot flush a folder; its file systems log names themselves.
    if (process.platform !== 'win32') await withFile(path, 'r', (file) => file.sync());
  };

  /** Creates a folder with those above it, and makes their names durable. */
  const createFolder = async (path: string): Promise<void> => {
    const first = await files.mkdir(path, { recursive: true });
    if (first === undefined) return;
    const top = paths.dirname(first);
    for (let created = path; created !== top; created = paths.dirname(created)) {
      await syncFolder(paths.dirname(created));
    }
  };

  return {
    name: folder,
    writer: createProcessWriter(host),
    mayBeRunning: (writer) => mayBeRunning(writer, host),

    async read(path) {
      try {
        return await withFile(locate(path), 'r', readAll);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    async write(path, chunks) {
      await createFolder(paths.dirname(locate(path)));
      await withFile(locate(path), 'w', async (file) => {
        for (const chunk of chunks) {
          for (let at = 0; at < chunk.length;) {
            const { bytesWritten } = await file.write(chunk, at, Math.min(PIECE_BYTES, chunk.length - at));
            at += bytesWritten;
          }
        }
      });
    },

    async rename(from, to) {
      await files.rename(locate(from), locate(to));
    },

    async list(path) {
      try {
        return await files.readdir(locate(path));
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },

    async remove(path) {
      await files.rm(locate(path), { recursive: true, force: true });
    },

    async sync(path) {
      const isFolder = (await files.stat(locate(path))).isDirectory();
      // Windows flushes only what is open for writing.
      await (isFolder ? syncFolder(locate(path)) : withFile(locate(path), 'r+', (file) => file.sync()));
    },
  };
}

/** Reads into one array of its own, so that tensors in it are aligned; `readFile` stops at 2 GiB. */
async function readAll(file: FileSystem.FileHandle): Promise<Uint8Array> {
  const { size } = await file.stat();
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(bytes, at, Math.min(PIECE_BYTES, size - at), at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
