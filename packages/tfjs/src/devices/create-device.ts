import { InvalidStateError, UnavailableError, UnknownNameError } from '@ds/tensor';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { engine, findBackend, getBackend } from '@tensorflow/tfjs-core';
import { assertTfjsVersion } from '../tfjs-internals.ts';
import { createCpuStorage } from './cpu-storage.ts';
import { createGenericStorage } from './generic-storage.ts';
import type { Storage } from './storage.ts';
import type { TfjsDevice } from './tfjs-device.ts';
import { createTfjsDevice } from './tfjs-device.ts';
import { createWasmStorage } from './wasm-storage.ts';
import { createWebgpuStorage } from './webgpu-storage.ts';

const storages: Readonly<Record<string, (backend: KernelBackend) => Storage>> = {
  cpu: createCpuStorage,
  wasm: createWasmStorage,
  webgpu: createWebgpuStorage,
};

/** Which kind of device to make. */
export interface CreateDeviceOptions {
  /** Use plain tfjs operations, as for backends without a device of their own. Default false. */
  readonly generic?: boolean;
}

/**
 * Creates a device over a tfjs backend that is already running: slabs lie in the backend's memory, next to tensors.
 *
 * `cpu`, `wasm` and `webgpu` run fused kernels in place; any other backend (`tensorflow`, `webgl`) computes in tfjs
 * operations. Usually `deviceForBackend` is what you want: models and optimizers must share one device.
 *
 * @param backendName default: tfjs's current backend.
 * @throws InvalidStateError when tfjs has no backend yet; UnavailableError when the named one is not running, or
 * tfjs is another version than 4.22.0; UnknownNameError when nothing is registered under the name.
 *
 * @example
 * await tf.setBackend('wasm');
 * const device = createDevice();
 * const slab = device.alloc(1024);
 */
export function createDevice(
  backendName: string = currentBackend(),
  { generic = false }: CreateDeviceOptions = {},
): TfjsDevice {
  assertTfjsVersion();
  const backend = runningBackend(backendName);
  const createStorage = generic ? undefined : storages[backendName];
  return createTfjsDevice(createStorage?.(backend) ?? createGenericStorage(backendName));
}

const devices = new WeakMap<KernelBackend, TfjsDevice>();

/**
 * Returns the device of a running tfjs backend, the same one at every call.
 *
 * @param backendName default: tfjs's current backend.
 * @throws as `createDevice` does.
 *
 * @example
 * await tf.setBackend('wasm');
 * deviceForBackend() === deviceForBackend('wasm'); // true
 */
export function deviceForBackend(backendName: string = currentBackend()): TfjsDevice {
  const backend = runningBackend(backendName);
  let device = devices.get(backend);
  if (device === undefined) {
    device = createDevice(backendName);
    devices.set(backend, device);
  }
  return device;
}

function currentBackend(): string {
  const name = getBackend() as string | undefined;
  if (!name) {
    throw new InvalidStateError(
      'tfjs has no backend yet. Call `await selectBackend()`, or `await tf.setBackend(name)`, first.',
    );
  }
  return name;
}

function runningBackend(name: string): KernelBackend {
  const known = engine().backendNames();
  if (!known.includes(name)) {
    if (known.length > 0) throw new UnknownNameError('tfjs backend', name, known);
    throw new UnavailableError(
      `No tfjs backend is registered, so "${name}" is not either. Import "@tensorflow/tfjs-backend-${name}", or ` +
        `call \`await selectBackend({ backend: '${name}' })\`.`,
    );
  }
  const backend = findBackend(name) as KernelBackend | null | undefined;
  if (!backend) {
    throw new UnavailableError(
      `tfjs's backend "${name}" is not running. Call \`await tf.setBackend('${name}')\` first.`,
    );
  }
  return backend;
}
