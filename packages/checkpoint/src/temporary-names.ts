import type { CheckpointStorage } from './storage/checkpoint-storage.ts';

/** After a day a save of a process that cannot be asked, for example on another host, counts as interrupted. */
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Why a temporary name is there: `saving` a checkpoint being written, `latest` the next `latest` file, `replaced` the
 * previous checkpoint of a tag, `removed` what is being deleted.
 */
export type TemporaryKind = 'saving' | 'latest' | 'replaced' | 'removed';

/** A temporary name's parts. */
export interface TemporaryName {
  readonly kind: TemporaryKind;
  readonly writer: string;
  /** When its save began, in milliseconds since 1970. */
  readonly time: number;
  /** Tells saves of one writer apart. */
  readonly number: number;
  /** The tag, for `replaced`. */
  readonly tag: string;
}

/** The saves of this module that are under way, by number. */
const running = new Set<number>();
let saves = 0;

/** Begins a save: hands out its temporary names, and knows it as running until `end()`. */
export function beginSave(storage: CheckpointStorage): {
  name(kind: TemporaryKind, tag?: string): string;
  end(): void;
} {
  const number = ++saves;
  const time = Date.now().toString(36);
  running.add(number);
  return {
    name: (kind, tag = '') => `.${[kind, storage.writer ?? '', time, number, tag].join('~')}`,
    end: () => running.delete(number),
  };
}

/** Parses a temporary name; `undefined` for any other name. */
export function parseTemporaryName(name: string): TemporaryName | undefined {
  const match = /^\.(saving|latest|replaced|removed)~([^~]*)~([0-9a-z]+)~(\d+)~([^~]*)$/.exec(name);
  if (match === null) return undefined;
  const [, kind, writer, time, number, tag] = match as unknown as [string, TemporaryKind, ...string[]];
  return { kind, writer: writer!, time: Number.parseInt(time!, 36), number: Number(number), tag: tag! };
}

/** Tells whether the save that made a temporary name has been interrupted. */
export function isLeftover(name: TemporaryName, storage: CheckpointStorage): boolean {
  if (name.writer === (storage.writer ?? '')) return !running.has(name.number);
  if (storage.mayBeRunning?.(name.writer) !== true) return true;
  return Date.now() - name.time > STALE_AFTER_MS;
}
