import type {
  DataType,
  KernelBackend,
  NamedAttrMap,
  NamedTensorInfoMap,
  Tensor,
} from '@tensorflow/tfjs-core';
import { engine } from '@tensorflow/tfjs-core';
import { wasmAddress, wasmBuffer, wasmOutput } from '../tfjs-internals.ts';

/**
 * A kernel for tfjs's `wasm` backend that it lacks, or has with wrong results.
 *
 * `Inputs` and `Attributes` are what tfjs gives its kernel of that name.
 */
export interface WasmKernel<Inputs = NamedTensorInfoMap, Attributes = NamedAttrMap> {
  readonly name: string;
  /** Tells whether this kernel does the work; otherwise tfjs's own does, or says why it cannot. */
  readonly accepts?: (inputs: Inputs, attributes: Attributes) => boolean;
  readonly run: (inputs: Inputs, attributes: Attributes, backend: KernelBackend) => Tensor;
}

/** Makes a tensor whose elements are not set. */
export function allocate(
  backend: KernelBackend,
  shape: readonly number[],
  dtype: DataType = 'float32',
): Tensor {
  return engine().makeTensorFromTensorInfo(wasmOutput(backend, [...shape], dtype), backend);
}

/** The backend's memory as it is now: making a tensor may move it, so make all of them first. */
export function heapOf(backend: KernelBackend): Float32Array {
  return new Float32Array(wasmBuffer(backend));
}

/** Where a tensor's first element is in `heapOf`. */
export function placeOf(backend: KernelBackend, tensor: Tensor): number {
  return wasmAddress(backend, tensor) / Float32Array.BYTES_PER_ELEMENT;
}

/** Sets all elements of a tensor to zero. */
export function clear(backend: KernelBackend, tensor: Tensor): void {
  const place = placeOf(backend, tensor);
  heapOf(backend).fill(0, place, place + tensor.size);
}
