/** Bytes before the header: its length as a little-endian 64-bit number. */
export const LENGTH_BYTES = 8;

/** The reference implementation refuses larger headers, so that a hostile file cannot exhaust memory. */
export const MAX_HEADER_BYTES = 100_000_000;

/** The header's entry that is not a tensor: a map from text to text. */
export const METADATA_KEY = '__metadata__';

/** A tensor's entry in the header. */
export interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte and one past the last, from the end of the header. */
  readonly data_offsets: readonly [begin: number, end: number];
}
