import { InvalidArgumentError } from '@ds/tensor';
import { cleanLeftovers } from './clean-leftovers.ts';
import { CheckpointError } from './error.ts';
import { findTags } from './find-tags.ts';
import { inOrder } from './in-order.ts';
import { encodeJson } from './json.ts';
import type { CheckpointInfo } from './list-checkpoints.ts';
import type { ManifestFile } from './manifest.ts';
import { encodeManifest } from './manifest.ts';
import { checkFileNames, checkTag, LATEST_FILE, MANIFEST_FILE } from './names.ts';
import { openStorage } from './open-storage.ts';
import { encodeSafetensorsChunks } from './safetensors/encode-safetensors.ts';
import type { SafetensorsTensors } from './safetensors/tensor.ts';
import { sha256 } from './sha256.ts';
import type { CheckpointStorage } from './storage/checkpoint-storage.ts';
import { beginSave } from './temporary-names.ts';

/** What `saveCheckpoint` writes. */
export interface SaveCheckpointOptions {
  /** Names the checkpoint: up to 100 letters, digits and `. _ - + = @`. DeepSpeed's are like `global_step100`. */
  readonly tag: string;
  /** Tensors by file name, which ends in `.safetensors`. They must not change until the promise resolves. */
  readonly tensors?: Readonly<Record<string, SafetensorsTensors>>;
  /** Plain data by file name, which ends in `.json`. NaN, the infinities and -0 come back as they are. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** How many checkpoints the folder holds after this one; older ones are deleted. Default: all. */
  readonly keep?: number;
}

type Save = ReturnType<typeof beginSave>;

/**
 * Saves a checkpoint and makes it the folder's latest.
 *
 * Everything is written aside, flushed to the disk and checksummed, then switched in by one rename; a save that is
 * interrupted at any moment, also by a loss of power, leaves the previous checkpoint loadable, and the next save
 * clears up after it. A tag that exists is replaced in the same way. Saves to one place from one thread take effect
 * in the order of the calls; of several processes that save at once, the one that finishes last is the latest, and
 * where they save the same tag one of them may be refused: let rank 0 save.
 *
 * @param place a folder's path (Node), created when missing, or any `CheckpointStorage`.
 * @throws InvalidArgumentError for a tag, file name, tensor or `keep` that cannot be.
 * @throws CheckpointError naming the file when the disk is full, not writable, or plain data is not plain.
 *
 * @example
 * await saveCheckpoint('runs/gpt', {
 *   tag: 'step100',
 *   tensors: { 'model.safetensors': { w: { dtype: 'F32', shape: [2], data: new Float32Array([1, 2]) } } },
 *   json: { 'state.json': { step: 100 } },
 *   keep: 3,
 * });
 */
export async function saveCheckpoint(
  place: string | CheckpointStorage,
  { tag, tensors = {}, json = {}, keep = Number.POSITIVE_INFINITY }: SaveCheckpointOptions,
): Promise<CheckpointInfo> {
  checkTag(tag);
  checkFileNames(Object.keys(tensors), Object.keys(json));
  if (!(keep >= 1 && (Number.isInteger(keep) || keep === Number.POSITIVE_INFINITY))) {
    throw new InvalidArgumentError(`\`keep\` is how many checkpoints to hold, 1 or more; got ${keep}.`);
  }
  // Encoded now: what is not valid is refused before anything waits or is written.
  const contents: [string, readonly Uint8Array[]][] = [
    ...Object.entries(tensors).map(
      ([name, file]) => [name, encodeSafetensorsChunks(file)] as [string, Uint8Array[]],
    ),
    ...Object.entries(json).map(
      ([name, value]) => [name, [encodeJson(value, name)]] as [string, Uint8Array[]],
    ),
  ];
  return inOrder(place, async () => {
    const storage = await openStorage(place);
    await cleanLeftovers(storage);
    await checkFree(storage, tag);
    const save = beginSave(storage);
    try {
      const info = await writeAside(storage, save, tag, contents);
      await switchTo(storage, save, tag);
      await writeLatest(storage, save, tag);
      await prune(storage, save, tag, keep);
      return info;
    } finally {
      save.end();
    }
  });
}

/** A folder that is not a checkpoint is somebody's: it is not replaced. */
async function checkFree(storage: CheckpointStorage, tag: string): Promise<void> {
  if (!(await storage.list('')).includes(tag)) return;
  if ((await storage.read(`${tag}/${MANIFEST_FILE}`)) !== undefined) return;
  throw new CheckpointError(
    `"${storage.name}/${tag}" is there already and is not a checkpoint. Choose another tag, or move it away.`,
    { folder: storage.name, tag },
  );
}

async function writeAside(
  storage: CheckpointStorage,
  save: Save,
  tag: string,
  contents: readonly [string, readonly Uint8Array[]][],
): Promise<CheckpointInfo> {
  const aside = save.name('saving');
  const write = async (name: string, chunks: readonly Uint8Array[]): Promise<void> => {
    await storage.write(`${aside}/${name}`, chunks);
    await storage.sync(`${aside}/${name}`);
  };
  const created = new Date();
  const files: ManifestFile[] = [];
  try {
    for (const [name, chunks] of contents) {
      const bytes = chunks.reduce((total, chunk) => total + chunk.length, 0);
      files.push({ name, bytes, sha256: await sha256(chunks) });
      await write(name, chunks);
    }
    await write(MANIFEST_FILE, [encodeManifest({ tag, created, files })]);
    await storage.sync(aside);
  } catch (error) {
    // Frees the space at once; the next save tries again where this fails.
    await storage.remove(aside).catch(() => undefined);
    throw error;
  }
  return { tag, created, bytes: files.reduce((total, { bytes }) => total + bytes, 0), isLatest: true };
}

/** Moves what was written aside to its tag, moving away the tag's previous checkpoint if there is one. */
async function switchTo(storage: CheckpointStorage, save: Save, tag: string): Promise<void> {
  const aside = save.name('saving');
  const previous = save.name('replaced', tag);
  const isReplaced = (await storage.list('')).includes(tag);
  if (isReplaced) await storage.rename(tag, previous);
  try {
    await storage.rename(aside, tag);
  } catch (error) {
    if (isReplaced) await storage.rename(previous, tag).catch(() => undefined);
    await storage.remove(aside).catch(() => undefined);
    throw error;
  }
  await storage.sync('');
  if (isReplaced) await discard(storage, save, previous);
}

async function writeLatest(storage: CheckpointStorage, save: Save, tag: string): Promise<void> {
  const aside = save.name('latest');
  await storage.write(aside, [new TextEncoder().encode(tag)]);
  await storage.sync(aside);
  await storage.rename(aside, LATEST_FILE);
  await storage.sync('');
}

async function prune(storage: CheckpointStorage, save: Save, tag: string, keep: number): Promise<void> {
  if (keep === Number.POSITIVE_INFINITY) return;
  const others = (await findTags(storage)).filter((found) => found.tag !== tag);
  for (const { path } of others.slice(0, Math.max(0, others.length - (keep - 1)))) {
    await discard(storage, save, path);
  }
}

/** Deletes a checkpoint: out of sight first, so that none is ever seen half deleted. Left to the next save if it fails. */
async function discard(storage: CheckpointStorage, save: Save, path: string): Promise<void> {
  const removed = save.name('removed', path.startsWith('.') ? '' : path);
  try {
    await storage.rename(path, removed);
    await storage.remove(removed);
  } catch (error) {
    if (!CheckpointError.isInstance(error)) throw error;
  }
}
