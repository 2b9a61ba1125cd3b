import { rewrittenSlots, wgslParameters, wgslShader, wgslWorkgroups } from '@ds/kernels';
import type { Rule } from '@ds/tensor';
import { sizeOf, UnavailableError } from '@ds/tensor';
import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import { tidy } from '@tensorflow/tfjs-core';
import {
  sharesStorage,
  webgpuAllocate,
  webgpuBuffer,
  webgpuDevice,
  webgpuDispatch,
  webgpuEncoder,
  webgpuForgetHostCopy,
  webgpuSubmit,
} from '../tfjs-internals.ts';
import type { CompiledRule, Storage, TensorRange } from './storage.ts';
import { genericRule } from './generic-storage.ts';
import { inOperations } from './in-operations.ts';
import { bindRanges } from './webgpu-bindings.ts';
import { sumShader, sumWorkgroupSize } from './webgpu-sum-shader.ts';

/** Enough to occupy a GPU, few enough to read back and add up in float64. */
const maxPartialSums = 65_536;

/**
 * Slabs in the buffers of tfjs's `webgpu` backend; rules are compute shaders, recorded between tfjs's own commands.
 *
 * Nothing waits for the GPU except `read` and `sumOfSquares`.
 */
export function createWebgpuStorage(backend: KernelBackend): Storage {
  const device = webgpuDevice(backend);
  const pipeline = (code: string): GPUComputePipeline =>
    device.createComputePipeline({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code }) },
    });
  const allocate = (shape: number[]): Tensor => {
    const most = Math.floor(device.limits.maxStorageBufferBindingSize / 4);
    const size = sizeOf(shape);
    if (size > most) {
      throw new UnavailableError(
        `This GPU takes at most ${most} numbers in one piece of memory; asked for ${size}. ` +
          'Split the parameters over more ranks, or use the backend "wasm".',
      );
    }
    return webgpuAllocate(backend, shape);
  };
  const copy = (target: TensorRange, source: TensorRange, length: number): void => {
    if (length === 0) return;
    const encoder = webgpuEncoder(backend, [source.tensor, target.tensor]);
    const [from, to] = [webgpuBuffer(backend, source.tensor), webgpuBuffer(backend, target.tensor)];
    encoder.copyBufferToBuffer(from, 4 * source.start, to, 4 * target.start, 4 * length);
    webgpuForgetHostCopy(backend, target.tensor);
  };
  const read = async (source: TensorRange, length: number): Promise<Float32Array> => {
    if (length === 0) return new Float32Array(0);
    const staging = device.createBuffer({
      size: 4 * length,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    const encoder = webgpuEncoder(backend, [source.tensor]);
    const buffer = webgpuBuffer(backend, source.tensor);
    encoder.copyBufferToBuffer(buffer, 4 * source.start, staging, 0, 4 * length);
    webgpuSubmit(backend);
    try {
      await staging.mapAsync(GPUMapMode.READ);
      return new Float32Array(staging.getMappedRange().slice(0));
    } finally {
      staging.destroy();
    }
  };

  const pipelines = new Map<boolean, GPUComputePipeline>();
  /** Adds up numbers, or their squares, into as many partial sums as the target is given room for. */
  const sum = (
    target: TensorRange,
    sums: number,
    source: TensorRange,
    length: number,
    squares: boolean,
  ): void => {
    if (!pipelines.has(squares)) pipelines.set(squares, pipeline(sumShader({ squares })));
    const parameters = Uint32Array.of(source.start, length, target.start, sums).buffer;
    const bindings = [{ tensor: source.tensor }, { tensor: target.tensor }];
    const workgroups = Math.ceil(sums / sumWorkgroupSize);
    webgpuDispatch(backend, pipelines.get(squares)!, bindings, parameters, [workgroups, 1]);
  };
  /** Makes a tensor of partial sums of squares, which the caller disposes. */
  const partialSums = (source: TensorRange, length: number): Tensor => {
    const partial = allocate([Math.min(maxPartialSums, Math.ceil(length / 16))]);
    sum({ tensor: partial, start: 0 }, partial.size, source, length, true);
    return partial;
  };

  return {
    name: 'webgpu',
    backend: 'webgpu',
    allocate,
    isPrivate: (tensor) => !sharesStorage(backend, tensor),
    write({ tensor, start }, data) {
      if (data.length === 0) return;
      const buffer = webgpuBuffer(backend, tensor);
      webgpuSubmit(backend);
      device.queue.writeBuffer(buffer, 4 * start, data as Float32Array<ArrayBuffer>);
      webgpuForgetHostCopy(backend, tensor);
    },
    read,
    copy(target, source, length) {
      if (source.tensor !== target.tensor) {
        copy(target, source, length);
        return;
      }
      // WebGPU copies only from one buffer to another.
      const between = { tensor: allocate([length]), start: 0 };
      copy(between, source, length);
      copy(target, between, length);
      between.tensor.dispose();
    },
    compile(rule) {
      const { maxStorageBuffersPerShaderStage: slots } = device.limits;
      return rule.slots.length <= slots
        ? shaderRule(rule, backend, pipeline(wgslShader(rule)), { allocate, copy })
        : genericRule(rule, (body) => inOperations('webgpu', () => tidy(body)));
    },
    async sumOfSquares(source, length) {
      if (length === 0) return 0;
      const partial = partialSums(source, length);
      const reading = read({ tensor: partial, start: 0 }, partial.size);
      partial.dispose();
      return (await reading).reduce((total, value) => total + value, 0);
    },
    writeSumOfSquares(target, source, length) {
      if (length === 0) {
        this.write(target, Float32Array.of(0));
        return;
      }
      const partial = partialSums(source, length);
      const few = allocate([Math.ceil(Math.sqrt(partial.size))]);
      sum({ tensor: few, start: 0 }, few.size, { tensor: partial, start: 0 }, partial.size, false);
      sum(target, 1, { tensor: few, start: 0 }, few.size, false);
      partial.dispose();
      few.dispose();
      webgpuForgetHostCopy(backend, target.tensor);
    },
  };
}

function shaderRule(
  rule: Rule,
  backend: KernelBackend,
  pipeline: GPUComputePipeline,
  { allocate, copy }: Pick<Storage, 'allocate' | 'copy'>,
): CompiledRule {
  const alignment = webgpuDevice(backend).limits.minStorageBufferOffsetAlignment;
  const rewritten = new Set(rewrittenSlots(rule));
  return {
    run(ranges, scalars, length) {
      const slots = rule.slots.map((name, index) => ({
        range: ranges[index]!,
        length: rule.broadcast?.includes(name) ? 1 : length,
      }));
      const bindings = bindRanges(slots, alignment, (tensor) => webgpuBuffer(backend, tensor));
      const bound = bindings.map((binding, index) => {
        if (binding !== undefined) return binding;
        const { range, length: count } = slots[index]!;
        const tensor = allocate([count]);
        copy({ tensor, start: 0 }, range, count);
        return { tensor, offset: 0, size: 4 * count, start: 0 };
      });
      const starts = bound.map((binding) => binding.start);
      const parameters = wgslParameters(rule, length, starts, scalars);
      webgpuDispatch(backend, pipeline, bound, parameters, wgslWorkgroups(length));
      for (const [index, name] of rule.slots.entries()) {
        const { range } = slots[index]!;
        const { tensor } = bound[index]!;
        if (rewritten.has(name)) webgpuForgetHostCopy(backend, range.tensor);
        if (tensor === range.tensor) continue;
        if (rewritten.has(name)) copy(range, { tensor, start: 0 }, length);
        tensor.dispose();
      }
    },
  };
}
