import { nearestName } from '@ds/tensor';
import { CheckpointError } from './error.ts';
import { findTag, findTags } from './find-tags.ts';
import { decodeJson } from './json.ts';
import { readLatest } from './list-checkpoints.ts';
import type { ManifestFile } from './manifest.ts';
import { readManifest } from './manifest.ts';
import { checkTag, LATEST_FILE } from './names.ts';
import { openStorage } from './open-storage.ts';
import { decodeSafetensors } from './safetensors/decode-safetensors.ts';
import type { SafetensorsTensor } from './safetensors/tensor.ts';
import { sha256 } from './sha256.ts';
import type { CheckpointStorage } from './storage/checkpoint-storage.ts';

/** A checkpoint as it was saved. */
export interface LoadedCheckpoint {
  readonly tag: string;
  readonly created: Date;
  /** Tensors by file name and name. */
  readonly tensors: Record<string, Record<string, SafetensorsTensor>>;
  /** Plain data by file name. */
  readonly json: Record<string, unknown>;
}

/**
 * Loads a checkpoint, verifying every file's size and checksum.
 *
 * @param place a folder's path (Node) or a `CheckpointStorage`.
 * @param options `tag`: which one; default the latest.
 * @throws CheckpointError when there is none (`facts.tags` has those that there are), or a file is missing, truncated,
 *   changed since it was saved, or of a newer version of the format.
 *
 * @example
 * const { tag, tensors, json } = await loadCheckpoint('runs/gpt');
 * tensors['model.safetensors']?.['w']?.data; // Float32Array
 */
export async function loadCheckpoint(
  place: string | CheckpointStorage,
  options: { readonly tag?: string } = {},
): Promise<LoadedCheckpoint> {
  const storage = await openStorage(place);
  if (options.tag !== undefined) checkTag(options.tag);
  const tag = options.tag ?? (await readLatest(storage));
  if (tag === undefined) throw await noLatest(storage);
  const folder = await findTag(storage, tag);
  const manifest = folder === undefined ? undefined : await readManifest(storage, folder);
  if (folder === undefined || manifest === undefined)
    throw await noTag(storage, tag, options.tag === undefined);

  const loaded: LoadedCheckpoint = { tag, created: manifest.created, tensors: {}, json: {} };
  for (const file of manifest.files) {
    const bytes = await readVerified(storage, folder, file, tag);
    try {
      if (file.name.endsWith('.json')) loaded.json[file.name] = decodeJson(bytes);
      else loaded.tensors[file.name] = decodeSafetensors(bytes).tensors;
    } catch (cause) {
      const path = `${folder}/${file.name}`;
      throw new CheckpointError(`"${storage.name}/${path}": ${(cause as Error).message}`, {
        folder: storage.name,
        file: path,
        tag,
        cause,
      });
    }
  }
  return loaded;
}

async function readVerified(
  storage: CheckpointStorage,
  folder: string,
  { name, bytes: size, sha256: expected }: ManifestFile,
  tag: string,
): Promise<Uint8Array> {
  const file = `${folder}/${name}`;
  const bytes = await storage.read(file);
  let problem: string | undefined;
  if (bytes === undefined) problem = 'is missing';
  else if (bytes.length !== size) problem = `has ${bytes.length} bytes and was saved with ${size}`;
  else if ((await sha256([bytes])) !== expected)
    problem = 'has changed since it was saved: its checksum differs';
  if (bytes !== undefined && problem === undefined) return bytes;
  const tags = (await findTags(storage)).map((found) => found.tag);
  const others = tags.filter((other) => other !== tag);
  const remedy = others.length === 0 ? 'There is no other one.' : `Others: ${others.join(', ')}.`;
  throw new CheckpointError(
    `The checkpoint "${tag}" is damaged: "${storage.name}/${file}" ${problem}. ${remedy}`,
    { folder: storage.name, file, tag, tags },
  );
}

async function noLatest(storage: CheckpointStorage): Promise<CheckpointError> {
  const tags = (await findTags(storage)).map((found) => found.tag);
  const message =
    tags.length === 0
      ? `There is no checkpoint in "${storage.name}": the folder is missing, or nothing has been saved to it. ` +
        'Check the path; hasCheckpoint() tells beforehand.'
      : `"${storage.name}" has no file "${LATEST_FILE}". Pass the tag to load: ${tags.join(', ')}.`;
  return new CheckpointError(message, { folder: storage.name, tags });
}

async function noTag(storage: CheckpointStorage, tag: string, isLatest: boolean): Promise<CheckpointError> {
  const tags = (await findTags(storage)).map((found) => found.tag);
  const nearest = nearestName(tag, tags);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  const known = tags.length === 0 ? 'It has none.' : `It has: ${tags.join(', ')}.`;
  const problem = isLatest
    ? `The file "${LATEST_FILE}" in "${storage.name}" names the checkpoint "${tag}", which is not there.`
    : `There is no checkpoint "${tag}" in "${storage.name}".`;
  return new CheckpointError(`${problem}${hint} ${known}`, { folder: storage.name, tag, tags });
}
