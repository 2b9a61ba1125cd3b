import { InvalidArgumentError } from '@ds/tensor';
import type { Tensor } from '@tensorflow/tfjs-core';
import { getBackend } from '@tensorflow/tfjs-core';

/** @throws InvalidArgumentError in tfjs's form: "Error in linear: ...". */
export function refuse(operation: string, what: string): never {
  throw new InvalidArgumentError(`Error in ${operation}: ${what}`);
}

/** `[2, 3]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** Checks that these are float32. */
export function requireFloat32(
  operation: string,
  tensors: Readonly<Record<string, Tensor | undefined>>,
): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor !== undefined && tensor.dtype !== 'float32') {
      refuse(operation, `${name} must be float32, got ${tensor.dtype}. Convert it with tf.cast.`);
    }
  }
}

/** Checks that a tensor is a row of `width` elements. */
export function requireRow(operation: string, name: string, tensor: Tensor, width: number, of: string): void {
  if (tensor.rank !== 1 || tensor.shape[0] !== width) {
    refuse(operation, `${name} must have shape [${width}], for ${of}; got ${shapeText(tensor.shape)}.`);
  }
}

/** Backends of which a tensor's values can be had without waiting for a device. */
const immediate: ReadonlySet<string> = new Set(['cpu', 'wasm', 'tensorflow']);

/** Checks that these are int32 and, where that does not mean to wait for a device, from 0 to `count` - 1. */
export function requireIndices(
  operation: string,
  name: string,
  indices: Tensor,
  count: number,
  what: string,
): void {
  if (indices.dtype !== 'int32') {
    refuse(
      operation,
      `${name} must be int32, got ${indices.dtype}. Convert them with tf.cast(${name}, 'int32').`,
    );
  }
  if (!immediate.has(getBackend())) return;
  const values = indices.dataSync<'int32'>();
  const at = values.findIndex((value) => value < 0 || value >= count);
  if (at !== -1) {
    refuse(operation, `${name} must be from 0 to ${count - 1}, for ${what}; element ${at} is ${values[at]}.`);
  }
}
