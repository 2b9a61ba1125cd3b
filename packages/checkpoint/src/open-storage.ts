import { InvalidArgumentError } from '@ds/tensor';
import type { CheckpointStorage } from './storage/checkpoint-storage.ts';
import { createFolderStorage } from './storage/create-folder-storage.ts';
import { explainFailures } from './storage/explain-failures.ts';

/** Opens what a caller gave as the place of its checkpoints: a folder's path, or a storage. */
export async function openStorage(place: string | CheckpointStorage): Promise<CheckpointStorage> {
  if (typeof place === 'string') {
    if (place.trim() === '') {
      throw new InvalidArgumentError(
        'A checkpoint folder is needed, for example "runs/gpt"; got an empty text.',
      );
    }
    return explainFailures(await createFolderStorage(place));
  }
  if (typeof place?.read !== 'function') {
    throw new InvalidArgumentError(
      `Checkpoints go to a folder (its path) or to a CheckpointStorage; got ${place === null ? 'null' : typeof place}.`,
    );
  }
  return explainFailures(place);
}
