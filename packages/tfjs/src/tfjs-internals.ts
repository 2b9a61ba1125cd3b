/**
 * The one file that touches fields of tfjs which its documentation does not promise. tfjs is frozen at 4.22.0 and
 * `assertTfjsVersion` refuses any other; `tfjs-internals.test.ts` fails if one of the fields changes.
 */
import { UnavailableError } from '@ds/tensor';
import type { DataType, KernelBackend, Tensor, TensorInfo, Variable } from '@tensorflow/tfjs-core';
import { engine, version_core } from '@tensorflow/tfjs-core';

type DataId = Tensor['dataId'];
const supportedVersion = '4.22.0';

/** Checks that tfjs is the version whose internals are known. @throws UnavailableError naming both versions. */
export function assertTfjsVersion(version: string = version_core): void {
  if (version !== supportedVersion) {
    throw new UnavailableError(
      `@ds/tfjs works inside tfjs's memory and knows only @tensorflow/tfjs-core ${supportedVersion}; ` +
        `found ${version}. Install every @tensorflow package at ${supportedVersion}.`,
    );
  }
}

// --- Storage (used by devices/): every tensor names its memory by a `dataId`; several may name the same. ---

/** Tells whether another tensor has the same memory, as after `clone`, `reshape`, `variable` or `assign`. */
export function sharesStorage(backend: KernelBackend, tensor: Tensor): boolean {
  return backend.refCount(tensor.dataId) > 1;
}

/** Makes the result of a kernel that is its input's memory once more. */
export function shareStorage(backend: KernelBackend, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}

/** Exchanges the memory of two tensors of one shape; nothing is counted anew. */
export function swapStorage(a: Tensor, b: Tensor): void {
  const { dataId } = a;
  a.dataId = b.dataId;
  b.dataId = dataId;
}

/** Runs tfjs operations without recording them on an open tape: a tape ignores what happens inside a kernel. */
export function untaped<T>(run: () => T): T {
  const { state } = engine();
  state.kernelDepth++;
  try {
    return run();
  } finally {
    state.kernelDepth--;
  }
}

// --- cpu: `data` holds each tensor's numbers as an array. ---

interface CpuBackend extends KernelBackend {
  readonly data: { get(dataId: DataId): { values: ArrayLike<number> } };
}

/** Arrays that no one but a tensor of ours knows, until tfjs gives them out. */
const privateArrays = new WeakSet<Float32Array>();

/** A tensor's own array; arrays of another type, which some kernels leave behind, are converted first. */
export function cpuValues(backend: KernelBackend, tensor: Tensor): Float32Array {
  const entry = (backend as CpuBackend).data.get(tensor.dataId);
  if (!(entry.values instanceof Float32Array)) {
    entry.values = Float32Array.from(entry.values);
    privateArrays.add(entry.values as Float32Array);
  }
  return entry.values as Float32Array;
}

/**
 * Tells whether a tensor's array was made by `cpuAllocate`.
 *
 * Others may be seen from elsewhere: `tf.tensor(array)` keeps the caller's array, and a contiguous `tf.slice` is a
 * view into its source.
 */
export function cpuIsPrivate(backend: KernelBackend, tensor: Tensor): boolean {
  return privateArrays.has(cpuValues(backend, tensor));
}

/** Makes a tensor of zeros with an array of its own. */
export function cpuAllocate(backend: KernelBackend, shape: number[]): Tensor {
  const values = new Float32Array(shape.reduce((size, dimension) => size * dimension, 1));
  privateArrays.add(values);
  return engine().makeTensor(values, shape, 'float32', backend);
}

/**
 * Makes `data()` and `dataSync()` copy the arrays of `cpuAllocate`, which will be rewritten in place.
 *
 * The cpu backend gives out its live arrays, which is harmless only as long as no one rewrites them. Reads of
 * kernels stay as they are.
 */
export function cpuProtectReads(backend: KernelBackend): void {
  const read = backend.readSync.bind(backend);
  backend.readSync = (dataId) => {
    const values = read(dataId);
    const live = values instanceof Float32Array && privateArrays.has(values);
    return live && engine().state.kernelDepth === 0 ? values.slice() : values;
  };
}

// --- wasm: tensors lie in the module's heap. ---

interface WasmBackend extends KernelBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    /** Exports of the module; without threads the memory is one of them. */
    readonly asm?: Readonly<Record<string, unknown>>;
    /** With threads the memory is made outside and kept here. */
    readonly wasmMemory?: WebAssembly.Memory;
    readonly _malloc: (bytes: number) => number;
    readonly _free: (address: number) => void;
    readonly tfjs: {
      registerTensor(id: number, size: number, address: number): void;
      disposeData(id: number): void;
    };
  };
  readonly dataIdMap: { get(dataId: DataId): { readonly id: number; readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
}

/** By module: looking through all its exports for every kernel would show in a step's time. */
const memories = new WeakMap<object, WebAssembly.Memory>();

/** The heap's memory, or `undefined` in a build that hides it and for other backends. */
export function wasmMemory(backend: KernelBackend): WebAssembly.Memory | undefined {
  const { wasm } = backend as Partial<WasmBackend>;
  const known = wasm && memories.get(wasm);
  if (wasm === undefined || known !== undefined) return known;
  const candidates = [wasm.wasmMemory, ...Object.values(wasm.asm ?? {})];
  const memory = candidates.find((value) => value instanceof WebAssembly.Memory);
  if (memory !== undefined) memories.set(wasm, memory);
  return memory;
}

/** The heap as it is now; growing it detaches the buffer, so never keep this. */
export function wasmBuffer(backend: KernelBackend): ArrayBufferLike {
  return wasmMemory(backend)?.buffer ?? (backend as WasmBackend).wasm.HEAPU8.buffer;
}

/** Byte address of a tensor's first element in the heap. */
export function wasmAddress(backend: KernelBackend, tensor: TensorInfo): number {
  return (backend as WasmBackend).dataIdMap.get(tensor.dataId).memoryOffset;
}

/**
 * Tells the module that a tensor's elements were rewritten in place.
 *
 * Its matrix products and convolutions keep a repacked copy of their weights (XNNPACK), by the tensor's id, until the
 * tensor is disposed; without this they would go on with the old numbers. Only the module's own books are touched.
 */
export function wasmForgetPacked(backend: KernelBackend, tensor: Tensor): void {
  const { wasm, dataIdMap } = backend as WasmBackend;
  const { id, memoryOffset } = dataIdMap.get(tensor.dataId);
  wasm.tfjs.disposeData(id);
  wasm.tfjs.registerTensor(id, tensor.size, memoryOffset);
}

/**
 * Makes a tensor without setting its elements.
 *
 * @throws UnavailableError when the heap is full.
 */
export function wasmAllocate(backend: KernelBackend, shape: number[]): Tensor {
  return engine().makeTensorFromTensorInfo(wasmOutput(backend, shape, 'float32'), backend);
}

// --- wasm kernels (used by kernels/) ---

/**
 * Makes the result of a kernel, without setting its elements.
 *
 * @throws UnavailableError when the heap is full.
 */
export function wasmOutput(backend: KernelBackend, shape: number[], dtype: DataType): TensorInfo {
  const output = (backend as WasmBackend).makeOutput(shape, dtype);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (wasmAddress(backend, output) === 0 && size > 0) {
    throw new UnavailableError(
      `The wasm backend has no room for ${size} more numbers; its heap is ` +
        `${Math.round(wasmBuffer(backend).byteLength / 2 ** 20)} MiB. Free slabs and tensors, or use a smaller model.`,
    );
  }
  return output;
}

/** The allocator behind tensors, for memory that is not one. The address is 0 when there is no room. */
export function wasmMalloc(backend: KernelBackend, bytes: number): number {
  // Addresses above 2 GiB come as negative numbers.
  const { _malloc: malloc } = (backend as WasmBackend).wasm;
  return malloc(bytes) >>> 0;
}

/** Gives back what `wasmMalloc` gave. */
export function wasmFree(backend: KernelBackend, address: number): void {
  // tfjs sets the module to null when the backend is removed; its heap goes with it.
  const wasm = (backend as WasmBackend).wasm as WasmBackend['wasm'] | null;
  if (wasm === null) return;
  const { _free: free } = wasm;
  free(address);
}

// --- webgpu: tensors are GPU buffers; commands wait in an encoder until tfjs submits it. ---

interface WebgpuBackend extends KernelBackend {
  readonly device: GPUDevice;
  readonly bufferManager: { acquireBuffer(size: number, usage: number): GPUBuffer };
  readonly tensorMap: { get(dataId: DataId): { resource?: GPUBuffer | null; values?: unknown } };
  /** Tensors that waiting commands use; their buffers are given back only after the next submission. */
  readonly commandQueueOwnedIds: WeakSet<DataId>;
  readonly uniformPendingDisposal: GPUBuffer[];
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(dataId: DataId): void;
  makeTensorInfo(shape: number[], dtype: DataType): TensorInfo;
}

/** The GPU device that tfjs works on. */
export function webgpuDevice(backend: KernelBackend): GPUDevice {
  return (backend as WebgpuBackend).device;
}

/** A tensor's buffer; numbers that still wait on the host are uploaded first. */
export function webgpuBuffer(backend: KernelBackend, tensor: Tensor): GPUBuffer {
  const webgpu = backend as WebgpuBackend;
  webgpu.uploadToGPU(tensor.dataId);
  return webgpu.tensorMap.get(tensor.dataId).resource!;
}

/**
 * Makes tfjs forget, now and for ever, the host's copy of a tensor that is about to be rewritten on the GPU.
 *
 * `data()` keeps what it has read and answers later calls from it. A read may be under way at this moment, so
 * clearing the field is not enough: from now on it takes nothing.
 */
export function webgpuForgetHostCopy(backend: KernelBackend, tensor: Tensor): void {
  const entry = (backend as WebgpuBackend).tensorMap.get(tensor.dataId);
  Object.defineProperty(entry, 'values', { get: () => null, set() {}, configurable: true });
}

/** Makes a tensor of zeros. */
export function webgpuAllocate(backend: KernelBackend, shape: number[]): Tensor {
  const webgpu = backend as WebgpuBackend;
  const tensor = engine().makeTensorFromTensorInfo(webgpu.makeTensorInfo(shape, 'float32'), backend);
  // Buffers come from a pool, as their last owner left them.
  if (tensor.size > 0) webgpuEncoder(backend, [tensor]).clearBuffer(webgpuBuffer(backend, tensor));
  return tensor;
}

/** Makes a tensor without setting its elements (used by ops/). */
export function webgpuOutput(backend: KernelBackend, shape: number[]): Tensor {
  const webgpu = backend as WebgpuBackend;
  return engine().makeTensorFromTensorInfo(webgpu.makeTensorInfo(shape, 'float32'), backend);
}

/** The encoder that waiting commands are in, outside any pass, for commands on these tensors. */
export function webgpuEncoder(backend: KernelBackend, tensors: readonly Tensor[]): GPUCommandEncoder {
  const webgpu = backend as WebgpuBackend;
  // Uploads may record commands of their own, so they come first.
  for (const tensor of tensors) {
    webgpuBuffer(backend, tensor);
    webgpu.commandQueueOwnedIds.add(tensor.dataId);
  }
  webgpu.ensureCommandEncoderReady();
  webgpu.endComputePassEncoder();
  return webgpu.commandEncoder!;
}

/** Commands that may wait before they are submitted; tfjs's own default is 15. */
const dispatchesPerSubmission = 15;

/** Records a dispatch behind tfjs's own; `uniforms` gets the last binding. */
export function webgpuDispatch(
  backend: KernelBackend,
  pipeline: GPUComputePipeline,
  bindings: readonly { readonly tensor: Tensor; readonly offset?: number; readonly size?: number }[],
  uniforms: ArrayBuffer,
  [x, y]: readonly [x: number, y: number],
): void {
  const webgpu = backend as WebgpuBackend;
  const resources: GPUBufferBinding[] = bindings.map(({ tensor, offset = 0, size }) => {
    const buffer = webgpuBuffer(backend, tensor);
    webgpu.commandQueueOwnedIds.add(tensor.dataId);
    return { buffer, offset, ...(size === undefined ? {} : { size }) };
  });
  // Written at once, read at the submission: the buffer may serve again only after it.
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM;
  const buffer = webgpu.bufferManager.acquireBuffer(uniforms.byteLength, usage);
  webgpu.device.queue.writeBuffer(buffer, 0, uniforms);
  webgpu.uniformPendingDisposal.push(buffer);
  const bindGroup = webgpu.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [...resources, { buffer }].map((resource, binding) => ({ binding, resource })),
  });
  webgpu.ensureCommandEncoderReady();
  webgpu.computePassEncoder ??= webgpu.commandEncoder!.beginComputePass();
  webgpu.computePassEncoder.setPipeline(pipeline);
  webgpu.computePassEncoder.setBindGroup(0, bindGroup);
  webgpu.computePassEncoder.dispatchWorkgroups(x, y);
  webgpu.dispatchCountInPass++;
  if (webgpu.dispatchCountInPass >= dispatchesPerSubmission) webgpuSubmit(backend);
}

/** Submits the waiting commands, so that work given to the queue comes after them. */
export function webgpuSubmit(backend: KernelBackend): void {
  const webgpu = backend as WebgpuBackend;
  if (webgpu.commandEncoder === null) return;
  webgpu.endComputePassEncoder();
  webgpu.submitQueue();
}

// --- The tape and the scopes (used by tape/) ---

/** One recorded operation. */
export interface TapeNode {
  /** Grows with every operation, whatever tape it is on. */
  readonly id: number;
  readonly kernelName: string;
  /** Optional inputs that were not given are undefined. */
  readonly inputs: Readonly<Record<string, Tensor | undefined>>;
  readonly outputs: readonly Tensor[];
  /** Maps the gradients of the outputs (null for none) to a maker of each input's. */
  readonly gradient?: (outputGradients: (Tensor | null)[]) => Readonly<Record<string, () => Tensor>>;
  /** Clones kept for `gradient`. */
  readonly saved?: readonly Tensor[];
}

/** A `tidy` that has not ended. */
export interface Scope {
  readonly id: number;
  readonly name: string;
  /** What it disposes at its end. */
  track: Tensor[];
}

/** The part of the engine's state that decides what is recorded and what is disposed. */
export interface EngineState {
  /** Where operations are recorded while `gradientDepth` is above zero. */
  activeTape: TapeNode[] | null;
  gradientDepth: number;
  /** Outermost first. */
  scopeStack: Scope[];
  /** The last of `scopeStack`, or null. */
  activeScope: Scope | null;
  nextScopeId: number;
}

/** The engine's live state: writing to it changes what tfjs does next. */
export function engineState(): EngineState {
  return engine().state as unknown as EngineState;
}

/** A number that is larger than every existing tensor's id, and smaller than every later one's. */
export function nextTensorId(): number {
  return (engine() as unknown as { nextTensorId(): number }).nextTensorId();
}

/** An operation as the tape is to see it: one node, whatever it is made of (used by ops/). */
export interface OwnOperation {
  /** Optional inputs are left out. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Computes the result; what it gives to `save` is kept for `gradient` if a tape is recording. */
  readonly forward: (save: (tensors: Tensor[]) => void) => Tensor;
  /** Makes each input's gradient when it is asked for. */
  readonly gradient: (dy: Tensor, saved: Tensor[]) => Readonly<Record<string, () => Tensor>>;
}

/**
 * Runs an operation that brings its gradient, under the name of the scope it runs in.
 *
 * It is what `tf.customGrad` calls, which makes the gradients of all inputs, wanted or not.
 */
export function runOperation({ inputs, forward, gradient }: OwnOperation): Tensor {
  const runner = engine() as unknown as {
    runKernelFunc(parameters: {
      readonly inputs: OwnOperation['inputs'];
      readonly forwardFunc: (backend: KernelBackend, save: (tensors: Tensor[]) => void) => Tensor;
      readonly backwardsFunc: OwnOperation['gradient'];
    }): Tensor;
  };
  return runner.runKernelFunc({
    inputs,
    forwardFunc: (_backend, save) => forward(save),
    backwardsFunc: gradient,
  });
}

/** Every variable that exists, by its unique name (used by train/). */
export function registeredVariables(): Readonly<Record<string, Variable | undefined>> {
  return engine().registeredVariables;
}
