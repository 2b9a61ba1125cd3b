import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { selectBackend } from '../src/backend/select-backend.ts';
import type { TfjsDevice } from '../src/devices/tfjs-device.ts';
import { createDevice } from '../src/devices/create-device.ts';
import { UnavailableError } from '@ds/tensor';
import { useSoftwareVulkan } from './software-vulkan.ts';

useSoftwareVulkan();

/** Why WebGPU tests cannot run here, or `undefined` when they can. */
export const noWebgpu: string | undefined = await selectBackend({ backend: 'webgpu' }).then(
  () => undefined,
  async (error: unknown) => {
    // Where there is an adapter, the backend has to work.
    if (!UnavailableError.isInstance(error) || (await globalThis.navigator?.gpu?.requestAdapter()))
      throw error;
    console.log(`WebGPU tests are skipped. ${error.message}`);
    return error.message;
  },
);

/** A device under test. */
export interface Subject {
  readonly name: string;
  readonly backend: string;
  /** Why it cannot be tested here. */
  readonly skip?: string | undefined;
  /** How far its results may lie from the float32 oracle. */
  readonly ulps: number;
  readonly create: () => TfjsDevice;
}

const subject = (backend: string, generic: boolean): Subject => ({
  name: generic ? `generic on ${backend}` : backend,
  backend,
  skip: backend === 'webgpu' ? noWebgpu : undefined,
  ulps: backend === 'webgpu' ? 4 : 0,
  create: () => createDevice(backend, { generic }),
});

/** Every device, and the generic one on three backends that stand in for those that are not there. */
export const subjects: readonly Subject[] = [false, true].flatMap((generic) =>
  ['cpu', 'wasm', 'webgpu'].map((backend) => subject(backend, generic)),
);
