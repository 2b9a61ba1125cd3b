import type { Manifest } from './manifest.ts';
import { readManifest } from './manifest.ts';
import { isPortableName } from './names.ts';
import type { CheckpointStorage } from './storage/checkpoint-storage.ts';
import { parseTemporaryName } from './temporary-names.ts';

/** A complete checkpoint in a place. */
export interface FoundTag {
  readonly tag: string;
  /** The folder it is in: the tag, or a temporary name when a save was interrupted while replacing it. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** Finds the complete checkpoints in a place, oldest first. Folders without a readable manifest are passed over. */
export async function findTags(storage: CheckpointStorage): Promise<FoundTag[]> {
  const names = await storage.list('');
  const found: FoundTag[] = [];
  for (const path of names) {
    const temporary = parseTemporaryName(path);
    const tag = temporary?.kind === 'replaced' ? temporary.tag : path;
    if (!isPortableName(tag) || (temporary !== undefined && names.includes(tag))) continue;
    const manifest = await readManifest(storage, path).catch(() => undefined);
    if (manifest !== undefined) found.push({ tag, path, manifest });
  }
  found.sort(
    (left, right) =>
      left.manifest.created.getTime() - right.manifest.created.getTime() ||
      left.tag.localeCompare(right.tag, 'en', { numeric: true }),
  );
  return found;
}

/** Finds the folder of one checkpoint, or gives `undefined`. */
export async function findTag(storage: CheckpointStorage, tag: string): Promise<string | undefined> {
  const names = await storage.list('');
  if (names.includes(tag)) return tag;
  return names.find((name) => {
    const temporary = parseTemporaryName(name);
    return temporary?.kind === 'replaced' && temporary.tag === tag;
  });
}
