/**
 * The place that holds a folder of checkpoints. Paths are relative, with `/` between names; `''` is the folder itself.
 *
 * Failures are errors with the operating system's `code` where there is one (`ENOSPC`); callers explain them.
 */
export interface CheckpointStorage {
  /** Names the place in messages, for example the folder's path. */
  readonly name: string;
  /** Returns a file's bytes, which then belong to the caller, or `undefined` when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Creates or replaces a file holding the chunks in order, and the folders above it. Keeps no chunk. */
  write(path: string, chunks: readonly Uint8Array[]): Promise<void>;
  /** Moves a file over another one, or a folder to a path that is free, at once: no reader sees anything between. */
  rename(from: string, to: string): Promise<void>;
  /** Returns the names in a folder, in any order; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Removes a file, or a folder with all it holds; nothing happens when it is not there. */
  remove(path: string): Promise<void>;
  /** Returns once a file's bytes, or the names in a folder, survive a loss of power. */
  sync(path: string): Promise<void>;
  /** Identifies this process where several can share the place: letters, digits, `.` and `-`. */
  readonly writer?: string;
  /** Tells whether the process that calls itself `writer` may still be running. Absent: only this one writes. */
  mayBeRunning?(writer: string): boolean;
}
