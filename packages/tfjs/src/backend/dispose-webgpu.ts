import { findBackend, findBackendFactory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { webgpuDevice } from '../tfjs-internals.ts';

/** Destroys the GPU device of a running `webgpu` backend; the backend stays registered and can start anew. */
export function disposeWebgpu(name: string): void {
  if (name !== 'webgpu') return;
  const factory = findBackendFactory(name);
  const backend = findBackend(name);
  if (!factory || !backend) return;
  const device = webgpuDevice(backend);
  removeBackend(name);
  registerBackend(name, factory, 3);
  device.destroy();
}
