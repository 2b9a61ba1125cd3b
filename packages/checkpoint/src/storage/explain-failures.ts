import { DsError } from '@ds/tensor';
import { CheckpointError } from '../error.ts';
import type { CheckpointStorage } from './checkpoint-storage.ts';

const MAKE_ROOM =
  'Earlier checkpoints are unharmed; free some space, save elsewhere, or keep fewer tags with the `keep` option';

/** What an operating system's code means here, and what to do. */
const meanings: Readonly<Record<string, string>> = {
  ENOSPC: `the disk is full. ${MAKE_ROOM}`,
  EDQUOT: `the disk quota is used up. ${MAKE_ROOM}`,
  EROFS: 'the file system is read-only. Save elsewhere',
  EACCES: 'this user may not. Change the permissions or use another folder',
  EPERM:
    'the system does not permit it. Change the permissions, or close programs that hold files of it open',
  EMFILE: 'too many files are open. Close some, or raise the limit (`ulimit -n`)',
  EEXIST: 'a file is in the way. Use another folder',
  ENOTDIR: 'a file is in the way. Use another folder',
  ENAMETOOLONG: 'the name is too long. Use a shorter tag or folder',
  EIO: 'the disk reports a fault. Use another one',
};

/** Wraps a place so that what fails there is a `CheckpointError` naming the file and saying what to do. */
export function explainFailures(storage: CheckpointStorage): CheckpointStorage {
  const attempt = async <R>(action: string, file: string, run: () => Promise<R>): Promise<R> => {
    try {
      return await run();
    } catch (cause) {
      if (DsError.isInstance(cause)) throw cause;
      const { code, message } = cause as Error & { code?: string };
      const meaning = code === undefined ? undefined : meanings[code];
      const reason = meaning === undefined ? message : `${meaning} (${code})`;
      const path = file === '' ? storage.name : `${storage.name}/${file}`;
      throw new CheckpointError(`Cannot ${action} "${path}": ${reason.replace(/\.$/, '')}.`, {
        folder: storage.name,
        file,
        cause,
        ...(code === undefined ? {} : { code }),
      });
    }
  };
  const { writer } = storage;
  return {
    name: storage.name,
    ...(writer === undefined ? {} : { writer }),
    mayBeRunning: (other) => storage.mayBeRunning?.(other) ?? false,
    read: (path) => attempt('read', path, () => storage.read(path)),
    write: (path, chunks) => attempt('write', path, () => storage.write(path, chunks)),
    rename: (from, to) => attempt('rename', from, () => storage.rename(from, to)),
    list: (folder) => attempt('list', folder, () => storage.list(folder)),
    remove: (path) => attempt('remove', path, () => storage.remove(path)),
    sync: (path) => attempt('flush', path, () => storage.sync(path)),
  };
}
