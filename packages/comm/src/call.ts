import type { Format } from './format.ts';
import { formats } from './format.ts';

/** How `allReduce` and `reduceScatter` combine elements. */
export type Operation = 'sum' | 'mean' | 'max' | 'min';

/** What ranks do together, or two of them. */
export type CallKind =
  | 'allReduce'
  | 'reduceScatter'
  | 'allGather'
  | 'broadcast'
  | 'allToAll'
  | 'barrier'
  | 'split'
  | 'send';

/** All operations, in the order of their codes on the wire. */
export const operations: readonly Operation[] = ['sum', 'mean', 'max', 'min'];

const kinds: readonly CallKind[] = [
  'allReduce',
  'reduceScatter',
  'allGather',
  'broadcast',
  'allToAll',
  'barrier',
  'split',
  'send',
];

/** One call, as every rank that takes part must make it. */
export interface Call {
  readonly kind: CallKind;
  /** Position among the calls of the group. */
  readonly sequence: number;
  readonly format: Format;
  /** For reductions. */
  readonly operation?: Operation | undefined;
  /** For broadcasts: the rank, in the world, that has the values. */
  readonly root?: number | undefined;
  /** Elements that all ranks must agree on; 0 where each may have its own number. */
  readonly length: number;
}

/** A call, and how many elements the sender of the header sends to its receiver. */
export interface Header {
  readonly call: Call;
  readonly elements: number;
  /** Where the sender's window and values are, in memory that all ranks see; 0 where there is none. */
  readonly place: Place;
}

/** Addresses in shared memory. */
export interface Place {
  readonly window: number;
  readonly values: number;
}

/** Bytes of a header. */
export const headerBytes = 40;

/** The place of what is not in shared memory. */
export const nowhere: Place = { window: 0, values: 0 };

const magic = 0x5d;
const none = 0xff;

/** Writes a header: mark, kind, format, operation, root (u32), sequence and window (u32), length and elements (f64), values (u32). */
export function encodeHeader({ call, elements, place }: Header): Uint8Array {
  const encoded = new Uint8Array(headerBytes);
  const view = new DataView(encoded.buffer);
  encoded[0] = magic;
  encoded[1] = kinds.indexOf(call.kind);
  encoded[2] = formats.indexOf(call.format);
  encoded[3] = call.operation === undefined ? none : operations.indexOf(call.operation);
  view.setInt32(4, call.root ?? -1, true);
  view.setUint32(8, call.sequence, true);
  view.setUint32(12, place.window, true);
  view.setFloat64(16, call.length, true);
  view.setFloat64(24, elements, true);
  view.setUint32(32, place.values, true);
  return encoded;
}

/** Reads a header; `undefined` when the bytes are none. */
export function decodeHeader(encoded: Uint8Array): Header | undefined {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const kind = kinds[encoded[1]!];
  const format = formats[encoded[2]!];
  if (encoded[0] !== magic || kind === undefined || format === undefined) return undefined;
  const root = view.getInt32(4, true);
  return {
    call: {
      kind,
      format,
      operation: operations[encoded[3]!],
      root: root === -1 ? undefined : root,
      sequence: view.getUint32(8, true),
      length: view.getFloat64(16, true),
    },
    elements: view.getFloat64(24, true),
    place: { window: view.getUint32(12, true), values: view.getUint32(32, true) },
  };
}

/** Tells whether two ranks made the same call. */
export function sameCall(a: Call, b: Call): boolean {
  return (
    a.kind === b.kind &&
    a.sequence === b.sequence &&
    a.format === b.format &&
    a.operation === b.operation &&
    a.root === b.root &&
    a.length === b.length
  );
}

/** A call for people, for example `allReduce(sum of 12 float32) as call 3`. */
export function describeCall({ kind, sequence, format, operation, root, length }: Call): string {
  const what: Record<CallKind, string> = {
    allReduce: `${operation} of ${length} ${format}`,
    reduceScatter: `${operation} of ${length} ${format}`,
    allGather: `${length} ${format}`,
    broadcast: `${length} ${format} from rank ${root}`,
    allToAll: format,
    barrier: '',
    split: '',
    send: `${length} ${format}`,
  };
  return `${kind}(${what[kind]}) as call ${sequence}`;
}
