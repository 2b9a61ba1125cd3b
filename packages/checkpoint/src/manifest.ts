import { CheckpointError } from './error.ts';
import { isPortableName, MANIFEST_FILE } from './names.ts';
import type { CheckpointStorage } from './storage/checkpoint-storage.ts';

const FORMAT = 'ds-checkpoint';
const VERSION = 1;

/** One file of a checkpoint. */
export interface ManifestFile {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What a checkpoint consists of: the contents of its `checkpoint.json`. */
export interface Manifest {
  readonly tag: string;
  readonly created: Date;
  readonly files: readonly ManifestFile[];
}

/** Encodes a manifest in the current version of the format. */
export function encodeManifest({ tag, created, files }: Manifest): Uint8Array {
  const content = { format: FORMAT, version: VERSION, tag, created: created.toISOString(), files };
  return new TextEncoder().encode(`${JSON.stringify(content, undefined, 2)}\n`);
}

/**
 * Reads the manifest in a tag's folder, or gives `undefined` where there is none.
 *
 * @throws CheckpointError when it is damaged or of a version from the future.
 */
export async function readManifest(
  storage: CheckpointStorage,
  folder: string,
): Promise<Manifest | undefined> {
  const file = `${folder}/${MANIFEST_FILE}`;
  const bytes = await storage.read(file);
  if (bytes === undefined) return undefined;
  const facts = { folder: storage.name, file };
  let content: Record<string, unknown>;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as typeof content;
  } catch (cause) {
    throw new CheckpointError(
      `"${storage.name}/${file}" is damaged: ${(cause as Error).message}. Load another tag.`,
      { ...facts, cause },
    );
  }
  const { format, version, tag, created, files } = content ?? {};
  if (format !== FORMAT) {
    throw new CheckpointError(`"${storage.name}/${file}" is not a checkpoint of this package.`, facts);
  }
  if (version !== VERSION) {
    throw new CheckpointError(
      `"${storage.name}/${file}" has version ${JSON.stringify(version)} of the format; this @ds/checkpoint reads ` +
        `version ${VERSION}. Install the @ds/checkpoint that wrote it, or a newer one.`,
      facts,
    );
  }
  const date = new Date(created as string);
  const isComplete = isPortableName(tag) && !Number.isNaN(date.getTime()) && Array.isArray(files);
  if (!isComplete || !files.every(isManifestFile)) {
    throw new CheckpointError(
      `"${storage.name}/${file}" is damaged: parts of it are missing. Load another tag.`,
      facts,
    );
  }
  return { tag, created: date, files };
}

function isManifestFile(value: unknown): value is ManifestFile {
  const { name, bytes, sha256 } = (value ?? {}) as Partial<Record<keyof ManifestFile, unknown>>;
  return (
    isPortableName(name) &&
    Number.isSafeInteger(bytes) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}
