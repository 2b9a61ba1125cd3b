import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import { webgpuDevice, webgpuDispatch } from '../../tfjs-internals.ts';

const pipelines = new WeakMap<KernelBackend, Map<string, GPUComputePipeline>>();

/** A number for a shader's uniform block, where WGSL makes a difference between the two. */
export type Uniform = { readonly u32: number } | { readonly f32: number };

/** Unsigned integers for a uniform block. */
export function integers(...values: readonly number[]): Uniform[] {
  return values.map((u32) => ({ u32 }));
}

/**
 * Records one dispatch of a shader behind tfjs's commands. Tensors are bound in order, then the uniform block.
 *
 * @param code WGSL with the entry point `main`; compiled once.
 */
export function runShader(
  backend: KernelBackend,
  code: string,
  tensors: readonly Tensor[],
  uniforms: readonly Uniform[],
  workgroups: readonly [x: number, y: number],
): void {
  let known = pipelines.get(backend);
  if (known === undefined) {
    known = new Map();
    pipelines.set(backend, known);
  }
  let pipeline = known.get(code);
  if (pipeline === undefined) {
    const device = webgpuDevice(backend);
    const module = device.createShaderModule({ code });
    pipeline = device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
    known.set(code, pipeline);
  }
  const block = new DataView(new ArrayBuffer(4 * uniforms.length));
  for (const [index, uniform] of uniforms.entries()) {
    if ('u32' in uniform) block.setUint32(4 * index, uniform.u32, true);
    else block.setFloat32(4 * index, uniform.f32, true);
  }
  const bindings = tensors.map((tensor) => ({ tensor }));
  webgpuDispatch(backend, pipeline, bindings, block.buffer, workgroups);
}

/** Workgroups for `count` pieces of work; a shader finds its piece with `pieceOfWorkgroup`. */
export function spread(count: number): [x: number, y: number] {
  const across = Math.min(count, 65_535);
  return [across, Math.ceil(count / across)];
}

/** WGSL that numbers the workgroups of `spread`; numbers of the last row may be past the end. */
export const pieceOfWorkgroup = `
fn piece(group: vec3<u32>, groups: vec3<u32>) -> u32 { return group.y * groups.x + group.x; }
`;

/** WGSL: the sum, or maximum, of a number over the 64 invocations of a workgroup, which all must call it. */
export const reductions = `
var<workgroup> reduced: array<f32, 64>;
fn sumOverWorkgroup(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  reduced[lane] = value;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { reduced[lane] += reduced[lane + half]; }
  }
  workgroupBarrier();
  return reduced[0];
}
fn maxOverWorkgroup(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  reduced[lane] = value;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { reduced[lane] = max(reduced[lane], reduced[lane + half]); }
  }
  workgroupBarrier();
  return reduced[0];
}
`;
