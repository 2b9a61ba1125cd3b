import { findBackendFactory, registerBackend } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { Attempt, ImportModule } from './attempt.ts';
import { importFailure, runsInNode } from './attempt.ts';
import { installWebgpuInNode } from './webgpu-in-node.ts';

const backendPackage = '@tensorflow/tfjs-backend-webgpu';

interface WebgpuBackendModule {
  readonly WebGPUBackend: new (device: GPUDevice, info: GPUAdapterInfo) => KernelBackend;
}

/** Finds a WebGPU adapter and loads tfjs's backend for it. */
export async function prepareWebgpu(importModule: ImportModule): Promise<Attempt> {
  if (globalThis.navigator?.gpu === undefined) {
    if (!runsInNode()) {
      return {
        usable: false,
        reason: 'this browser (or page: WebGPU needs https or localhost) has no WebGPU',
        remedy: 'Use a current Chrome, Edge, Firefox or Safari, or the backend "wasm".',
      };
    }
    const missing = missingGpu();
    if (missing !== undefined) return missing;
    try {
      await installWebgpuInNode(importModule);
    } catch (error) {
      return {
        usable: false,
        reason: importFailure('webgpu', error),
        remedy: `Run \`npm install webgpu ${backendPackage}@4.22.0\`.`,
      };
    }
  }
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    return {
      usable: false,
      reason: 'there is no WebGPU adapter',
      remedy: runsInNode()
        ? 'Install a driver: on Linux Vulkan (Debian: `apt install libvulkan1` and the driver of your GPU, or ' +
          '`mesa-vulkan-drivers`); macOS and Windows bring theirs.'
        : 'Switch hardware acceleration on in the browser (in Chrome see chrome://gpu).',
    };
  }
  try {
    const module = (await importModule(backendPackage)) as WebgpuBackendModule;
    // Loaded before there was a `navigator.gpu`, the package did not register itself.
    if (!findBackendFactory('webgpu')) registerWebgpu(module);
  } catch (error) {
    return {
      usable: false,
      reason: importFailure(backendPackage, error),
      remedy: `Run \`npm install ${backendPackage}@4.22.0\`.`,
    };
  }
  const { vendor, architecture, description } = adapter.info;
  const name = [vendor, architecture, description].filter(Boolean).join(' ') || 'an unnamed adapter';
  return isSoftware(adapter)
    ? {
        usable: true,
        reason: `WebGPU on ${name}, in software`,
        onlyByName: `its only adapter (${name}) is software, which is slower than wasm; ask for "webgpu" to use it anyway`,
      }
    : { usable: true, reason: `WebGPU on ${name}` };
}

/** Spares a Linux machine without any GPU the attempt, in which Dawn prints warnings that nobody asked for. */
function missingGpu(): Attempt | undefined {
  const { platform, env } = process;
  // Vulkan drivers named by hand may be software.
  if (platform !== 'linux' || env['VK_ICD_FILENAMES'] !== undefined || env['VK_DRIVER_FILES'] !== undefined)
    return undefined;
  // Absent before Node 20.16.
  const files = process.getBuiltinModule?.('node:fs');
  if (
    files === undefined ||
    ['/dev/dri', '/dev/nvidia0', '/dev/dxg'].some((device) => files.existsSync(device))
  ) {
    return undefined;
  }
  return {
    usable: false,
    reason: 'this machine has no GPU',
    remedy:
      'For a software adapter, let VK_ICD_FILENAMES name a Vulkan driver, for example the vk_swiftshader_icd.json ' +
      'that comes with Chromium.',
  };
}

/** Tells whether an adapter computes on the CPU. */
function isSoftware({ info }: GPUAdapter): boolean {
  const software = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i;
  return (
    info.isFallbackAdapter ||
    software.test(`${info.vendor} ${info.architecture} ${info.device} ${info.description}`)
  );
}

/** Registers the backend as its package does: all the room the adapter offers. */
function registerWebgpu({ WebGPUBackend }: WebgpuBackendModule): void {
  const limits = [
    'maxComputeWorkgroupStorageSize',
    'maxComputeWorkgroupsPerDimension',
    'maxStorageBufferBindingSize',
    'maxBufferSize',
    'maxComputeWorkgroupSizeX',
    'maxComputeInvocationsPerWorkgroup',
  ] as const;
  registerBackend(
    'webgpu',
    async () => {
      const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
      const requiredLimits = Object.fromEntries(limits.map((limit) => [limit, adapter!.limits[limit]]));
      return new WebGPUBackend(await adapter!.requestDevice({ requiredLimits }), adapter!.info);
    },
    3,
  );
}
