import { findTags } from './find-tags.ts';
import { LATEST_FILE } from './names.ts';
import { openStorage } from './open-storage.ts';
import type { CheckpointStorage } from './storage/checkpoint-storage.ts';

/** A checkpoint in a folder. */
export interface CheckpointInfo {
  readonly tag: string;
  readonly created: Date;
  /** Of its files together. */
  readonly bytes: number;
  /** Whether it is the one that `loadCheckpoint` takes when it is given no tag. */
  readonly isLatest: boolean;
}

/**
 * Lists the checkpoints in a folder, oldest first; none when the folder is missing. Reads no tensors.
 *
 * @throws CheckpointError when the folder cannot be read.
 *
 * @example
 * for (const { tag, bytes } of await listCheckpoints('runs/gpt')) console.log(tag, bytes);
 */
export async function listCheckpoints(place: string | CheckpointStorage): Promise<CheckpointInfo[]> {
  const storage = await openStorage(place);
  const latest = await readLatest(storage);
  return (await findTags(storage)).map(({ tag, manifest: { created, files } }) => ({
    tag,
    created,
    bytes: files.reduce((total, { bytes }) => total + bytes, 0),
    isLatest: tag === latest,
  }));
}

/**
 * Tells whether `loadCheckpoint` would find a checkpoint: the one of this tag, or the latest when none is given.
 *
 * @example
 * if (await hasCheckpoint('runs/gpt')) console.log('resuming');
 */
export async function hasCheckpoint(
  place: string | CheckpointStorage,
  { tag }: { readonly tag?: string } = {},
): Promise<boolean> {
  return (await listCheckpoints(place)).some((info) =>
    tag === undefined ? info.isLatest : info.tag === tag,
  );
}

/** Reads the tag in the file `latest`; `undefined` when there is no such file. */
export async function readLatest(storage: CheckpointStorage): Promise<string | undefined> {
  const bytes = await storage.read(LATEST_FILE);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes).trim();
}
