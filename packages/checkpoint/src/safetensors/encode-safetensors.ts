import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import { concatenate } from '../concatenate.ts';
import { compareCodePoints } from './compare-code-points.ts';
import { dtypeNames, dtypes, isDtype } from './dtype.ts';
import type { HeaderEntry } from './header.ts';
import { LENGTH_BYTES, MAX_HEADER_BYTES, METADATA_KEY } from './header.ts';
import { sizeInBytes } from './size-in-bytes.ts';
import type { SafetensorsTensor, SafetensorsTensors } from './tensor.ts';

/**
 * Encodes tensors as one safetensors file.
 *
 * The bytes are those of the reference implementation: widest dtypes first, then by name, so that every tensor is
 * aligned; the header padded with spaces to a multiple of 8. Metadata keeps the order of its keys.
 *
 * Source: https://github.com/huggingface/safetensors#format
 *
 * @param tensors by name; `data` must be the array that belongs to the dtype.
 * @param metadata text by text, for example `{ format: 'pt' }`.
 * @throws InvalidArgumentError naming the tensor whose dtype, shape and data do not agree.
 *
 * @example
 * const bytes = encodeSafetensors({
 *   weight: { dtype: 'F32', shape: [2, 2], data: new Float32Array([1, 2, 3, 4]) },
 * });
 * decodeSafetensors(bytes).tensors['weight']?.shape; // [2, 2]
 */
export function encodeSafetensors(
  tensors: SafetensorsTensors,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  return concatenate(encodeSafetensorsChunks(tensors, metadata));
}

/**
 * Like `encodeSafetensors`, as a list of chunks whose concatenation is the file: the header, then a view of each
 * tensor's own memory, so that nothing is copied.
 *
 * @example
 * import { createWriteStream } from 'node:fs';
 *
 * const file = createWriteStream('model.safetensors');
 * for (const chunk of encodeSafetensorsChunks(tensors)) file.write(chunk);
 * file.end();
 */
export function encodeSafetensorsChunks(
  tensors: SafetensorsTensors,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array[] {
  const header: [string, HeaderEntry | Readonly<Record<string, string>>][] = [];
  if (metadata !== undefined) {
    checkMetadata(metadata);
    header.push([METADATA_KEY, metadata]);
  }
  const entries = Object.entries(tensors).map(([name, tensor]) => ({
    name,
    tensor,
    bytes: bytesOf(name, tensor),
  }));
  // Widest dtypes first: each tensor then starts at a multiple of its element's size.
  entries.sort(
    (left, right) =>
      dtypeNames.indexOf(right.tensor.dtype) - dtypeNames.indexOf(left.tensor.dtype) ||
      compareCodePoints(left.name, right.name),
  );
  let offset = 0;
  for (const { name, tensor, bytes } of entries) {
    const { dtype, shape } = tensor;
    header.push([name, { dtype, shape, data_offsets: [offset, offset + bytes.length] }]);
    offset += bytes.length;
  }
  return [encodeHeader(header), ...entries.map(({ bytes }) => bytes)];
}

/** Checks a tensor and returns its memory. */
function bytesOf(name: string, tensor: SafetensorsTensor): Uint8Array {
  const { dtype, shape, data } = tensor ?? {};
  if (name === METADATA_KEY) {
    throw new InvalidArgumentError(
      `A tensor cannot be named "${METADATA_KEY}": the format keeps this name for metadata.`,
    );
  }
  checkText(name, `The tensor name ${JSON.stringify(name)}`);
  if (!isDtype(dtype)) throw new UnknownNameError(`dtype of tensor "${name}"`, String(dtype), dtypeNames);
  const { array } = dtypes[dtype];
  const given = (data as Partial<typeof data> | undefined)?.[Symbol.toStringTag] ?? typeof data;
  if (given !== array.name) {
    throw new InvalidArgumentError(
      `Tensor "${name}" is ${dtype}, which is held in a ${array.name}; got ${given}.`,
    );
  }
  const expected = Array.isArray(shape) ? sizeInBytes(dtype, shape) : undefined;
  if (expected !== data.byteLength) {
    throw new InvalidArgumentError(
      expected === undefined
        ? `Tensor "${name}" has no valid shape: ${JSON.stringify(shape)}. Give an array of dimensions, whole numbers from 0.`
        : `Tensor "${name}" of shape [${shape.join(', ')}] takes ${expected / array.BYTES_PER_ELEMENT} elements; ` +
            `its data has ${data.length}.`,
    );
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function encodeHeader(entries: readonly [string, unknown][]): Uint8Array {
  // An object would move names that look like numbers to the front.
  const members = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) {
    throw new InvalidArgumentError(
      `The header would take ${length} bytes; readers accept ${MAX_HEADER_BYTES}. Split the tensors into several files.`,
    );
  }
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new InvalidArgumentError(
        `Metadata is a map from text to text; "${key}" is a ${typeof value}. Convert it with String() or JSON.stringify().`,
      );
    }
    checkText(key, `The metadata key ${JSON.stringify(key)}`);
    checkText(value, `The metadata value of "${key}"`);
  }
}

/** Half a surrogate pair has no UTF-8 form: it would come back as another name. */
function checkText(text: string, what: string): void {
  if (/\p{Surrogate}/u.test(text)) {
    throw new InvalidArgumentError(`${what} is not well-formed Unicode: it has half of a surrogate pair.`);
  }
}
