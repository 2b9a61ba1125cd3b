import type { CheckpointStorage } from './storage/checkpoint-storage.ts';
import { isLeftover, parseTemporaryName } from './temporary-names.ts';

/**
 * Undoes what interrupted saves left: deletes what they were writing, and puts back a checkpoint that was moved away
 * without its successor arriving. What cannot be undone now is left for the next save.
 */
export async function cleanLeftovers(storage: CheckpointStorage): Promise<void> {
  const names = await storage.list('');
  const present = new Set(names);
  for (const name of names) {
    const temporary = parseTemporaryName(name);
    if (temporary === undefined || !isLeftover(temporary, storage)) continue;
    if (temporary.kind === 'replaced' && !present.has(temporary.tag)) {
      present.add(temporary.tag);
      await storage.rename(name, temporary.tag).catch(() => undefined);
    } else {
      await storage.remove(name).catch(() => undefined);
    }
  }
}
