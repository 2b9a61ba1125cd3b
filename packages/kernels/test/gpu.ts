import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Rule } from '@ds/tensor';
import { wgslParameters, wgslShader, wgslWorkgroups } from '../src/index.ts';

/** Where Debian's chromium keeps the Vulkan loader and a software driver. */
const chromium = '/usr/lib/chromium';

/**
 * Lets Dawn find chromium's Vulkan where no driver was chosen.
 *
 * Dawn opens `libvulkan.so.1` by name. Without that package, the copy that chromium brings serves if it is in the
 * process already; loading it as a Node addon puts it there, though it is none and Node says so.
 */
function useSoftwareDriver(): void {
  const driver = `${chromium}/vk_swiftshader_icd.json`;
  if (process.env['VK_ICD_FILENAMES'] !== undefined || !existsSync(driver)) return;
  process.env['VK_ICD_FILENAMES'] = driver;
  const stayLoaded = 0x1000;
  try {
    process.dlopen({ exports: {} }, `${chromium}/libvulkan.so.1`, constants.dlopen.RTLD_NOW | stayLoaded);
  } catch {
    // Whether it helped is seen by asking for an adapter.
  }
}

/** A WebGPU device that runs rules; the process's only one. */
export interface Gpu {
  readonly description: string;
  /** Dawn crashes when its instance is collected before the device. */
  readonly instance: GPU;
  /** Runs a rule on slots that lie `start` elements into buffers of their own; returns whole buffers. */
  run(
    rule: Rule,
    slots: readonly Float32Array[],
    scalars: readonly number[],
    length: number,
    options?: { readonly start?: number; readonly workgroupSize?: number },
  ): Promise<Float32Array[]>;
  /** Without this the process stays alive. */
  destroy(): void;
}

/** Opens the system's adapter, or a software one; `undefined` when there is neither. */
export async function openGpu(): Promise<Gpu | undefined> {
  useSoftwareDriver();
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const instance = create([]);
  const adapter = await instance.requestAdapter();
  if (adapter === null) return undefined;
  const device = await adapter.requestDevice({
    requiredLimits: { maxStorageBuffersPerShaderStage: adapter.limits.maxStorageBuffersPerShaderStage },
  });
  const failures: string[] = [];
  device.addEventListener('uncapturederror', (event) => failures.push(event.error.message));

  const upload = (data: ArrayBuffer | Float32Array, usage: number): GPUBuffer => {
    const buffer = device.createBuffer({
      size: Math.max(data.byteLength, 16),
      usage,
      mappedAtCreation: true,
    });
    new Uint8Array(buffer.getMappedRange()).set(
      new Uint8Array(data instanceof ArrayBuffer ? data : data.buffer),
    );
    buffer.unmap();
    return buffer;
  };
  const download = async (source: GPUBuffer, length: number): Promise<Float32Array> => {
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const target = device.createBuffer({ size: source.size, usage });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, target, 0, source.size);
    device.queue.submit([encoder.finish()]);
    await target.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(target.getMappedRange().slice(0), 0, length);
    target.destroy();
    return values;
  };

  return {
    description: adapter.info.description,
    instance,
    async run(rule, slots, scalars, length, { start = 0, workgroupSize = 256 } = {}) {
      const code = wgslShader(rule, { workgroupSize });
      const module = device.createShaderModule({ code });
      const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
      const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
      const buffers = slots.map((values) => upload(values, storage));
      const starts = slots.map(() => start);
      const parameters = upload(wgslParameters(rule, length, starts, scalars), GPUBufferUsage.UNIFORM);
      const bindGroup = device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [...buffers, parameters].map((buffer, binding) => ({ binding, resource: { buffer } })),
      });
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...wgslWorkgroups(length, { workgroupSize }));
      pass.end();
      device.queue.submit([encoder.finish()]);
      const results: Float32Array[] = [];
      for (const [slot, buffer] of buffers.entries())
        results.push(await download(buffer, slots[slot]!.length));
      for (const buffer of [...buffers, parameters]) buffer.destroy();
      if (failures.length > 0) throw new Error(failures.splice(0).join('\n'));
      return results;
    },
    destroy: () => device.destroy(),
  };
}
