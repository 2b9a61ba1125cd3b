import { nearestName } from '@ds/tensor';
import { CheckpointError } from '../error.ts';
import type { SafetensorsDtype } from './dtype.ts';
import { dtypeNames, isDtype } from './dtype.ts';
import { findJsonProblem } from './find-json-problem.ts';
import { LENGTH_BYTES, MAX_HEADER_BYTES, METADATA_KEY } from './header.ts';
import { isSize, sizeInBytes } from './size-in-bytes.ts';

/** A tensor's checked entry in the header. */
interface ParsedEntry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** First byte, from the end of the header. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
}

/** A checked header. */
export interface ParsedHeader {
  /** By offset; together they cover every byte after the header once. */
  readonly entries: readonly ParsedEntry[];
  readonly metadata: Record<string, string>;
  /** In bytes, padding included. */
  readonly headerLength: number;
}

/**
 * Reads and checks the header of a safetensors file.
 *
 * @param bytes the whole file.
 * @throws CheckpointError for anything that the format forbids.
 */
export function parseHeader(bytes: Uint8Array): ParsedHeader {
  const headerLength = readLength(bytes);
  const { [METADATA_KEY]: metadata = {}, ...tensors } = readJson(
    bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength),
  );
  if (!isTextMap(metadata)) throw invalid(`${METADATA_KEY} is not a map from text to text`);
  const entries = Object.entries(tensors).map(([name, entry]) => readEntry(name, entry));
  entries.sort((left, right) => left.begin - right.begin || left.end - right.end);
  checkCoverage(entries, bytes.length - LENGTH_BYTES - headerLength);
  return { entries, metadata, headerLength };
}

function readLength(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) {
    throw invalid(
      `it has ${bytes.length} bytes, and the header's length alone takes ${LENGTH_BYTES}: truncated`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw invalid(
      `its header would take ${length} bytes and at most ${MAX_HEADER_BYTES} are accepted: damaged, or another format`,
    );
  }
  if (LENGTH_BYTES + Number(length) > bytes.length) {
    throw invalid(`its header takes ${length} bytes and ${bytes.length - LENGTH_BYTES} are there: truncated`);
  }
  return Number(length);
}

function readJson(bytes: Uint8Array): Record<string, unknown> {
  if (bytes[0] !== 0x7b) throw invalid('its header does not begin with {');
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    throw invalid(`its header is not JSON in UTF-8 (${(error as Error).message})`, error);
  }
  const problem = findJsonProblem(text);
  if (problem !== undefined) throw invalid(`its header ${problem}`);
  return header as Record<string, unknown>;
}

function readEntry(name: string, entry: unknown): ParsedEntry {
  if (!isObject(entry)) throw invalid(`the entry of tensor "${name}" is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) {
    const nearest = typeof dtype === 'string' ? nearestName(dtype, dtypeNames) : undefined;
    const hint = nearest === undefined ? '' : ` (nearest: ${nearest})`;
    throw invalid(
      `tensor "${name}" has dtype ${describe(dtype)}${hint}; supported: ${dtypeNames.join(', ')}`,
    );
  }
  const size = Array.isArray(shape) ? sizeInBytes(dtype, shape) : undefined;
  if (size === undefined) throw invalid(`tensor "${name}" has no valid shape: ${describe(shape)}`);
  if (!(Array.isArray(offsets) && offsets.length === 2 && offsets.every(isSize))) {
    throw invalid(`tensor "${name}" has no valid data_offsets: ${describe(offsets)}; expected [begin, end]`);
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== size) {
    throw invalid(
      `tensor "${name}" (${dtype}, [${(shape as number[]).join(', ')}]) takes ${size} bytes; its offsets ` +
        `[${begin}, ${end}] give ${end - begin}`,
    );
  }
  return { name, dtype, shape: shape as number[], begin, end };
}

/** Every byte belongs to one tensor: no overlap to alias memory, no hole to hide another format in. */
function checkCoverage(entries: readonly ParsedEntry[], dataLength: number): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      throw invalid(
        begin < covered
          ? `tensor "${name}" begins at byte ${begin}, inside the tensor before it, which ends at ${covered}`
          : `bytes ${covered} to ${begin}, before tensor "${name}", belong to no tensor`,
      );
    }
    if (end > dataLength) {
      throw invalid(
        `tensor "${name}" ends at byte ${end} and ${dataLength} bytes of data are there: truncated`,
      );
    }
    covered = end;
  }
  if (covered !== dataLength) {
    throw invalid(`the last ${dataLength - covered} bytes belong to no tensor`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextMap(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

/** A few words: what a damaged header holds can be very long. */
function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

function invalid(problem: string, cause?: unknown): CheckpointError {
  return new CheckpointError(`This is not a valid safetensors file: ${problem}.`, { cause });
}
