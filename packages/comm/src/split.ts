import { InvalidArgumentError } from '@ds/tensor';

/** What a rank says in a split. */
interface SplitRecord {
  readonly color: number | undefined;
  readonly key: number;
  /** A group number that is free on this rank. */
  readonly nextGroup: number;
}

/** A record as three float64; no color is -1. */
export const splitRecord: {
  readonly bytes: number;
  readonly encode: (record: SplitRecord) => Uint8Array;
  readonly decode: (records: Uint8Array, index: number) => SplitRecord;
} = {
  bytes: 24,
  encode({ color, key, nextGroup }) {
    if (color !== undefined && !(Number.isSafeInteger(color) && color >= 0)) {
      throw new InvalidArgumentError(
        `A color must be undefined or a whole number of 0 or more, got ${color}.`,
      );
    }
    if (Number.isNaN(key)) throw new InvalidArgumentError('The key of a split must be a number, got NaN.');
    const record = new Float64Array([color ?? -1, key, nextGroup]);
    return new Uint8Array(record.buffer);
  },
  decode(records, index) {
    const [color, key, nextGroup] = new Float64Array(records.slice(24 * index, 24 * index + 24).buffer);
    return { color: color === -1 ? undefined : color!, key: key!, nextGroup: nextGroup! };
  },
};

/** A group that came out of a split. */
interface SplitResult {
  /** The same for all its members, and unlike any other group of theirs. */
  readonly id: number;
  /** Positions in the group that was split, in the order of the new one. */
  readonly members: readonly number[];
  /** The next free number. */
  readonly nextGroup: number;
}

/** Finds the group of the rank at `own` from the records of all. */
export function readSplit(encoded: Uint8Array, own: number): SplitResult {
  const records = Array.from({ length: encoded.length / splitRecord.bytes }, (_, index) => ({
    index,
    ...splitRecord.decode(encoded, index),
  }));
  const colors = [...new Set(records.flatMap(({ color }) => color ?? []))].toSorted((a, b) => a - b);
  const firstId = Math.max(...records.map((record) => record.nextGroup));
  const { color } = records[own]!;
  const members = records
    .filter((record) => record.color === color)
    .toSorted((a, b) => a.key - b.key || a.index - b.index);
  return {
    id: firstId + (color === undefined ? 0 : colors.indexOf(color)),
    members: members.map(({ index }) => index),
    nextGroup: firstId + colors.length,
  };
}
