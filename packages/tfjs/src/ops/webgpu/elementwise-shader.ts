/** Which function of one or two arrays. */
export type ElementwiseFunction = 'gelu' | 'geluGradient' | 'reluGradient';

/** Invocations in a workgroup. */
export const elementwiseWorkgroup = 256;

const expressions: Readonly<Record<ElementwiseFunction, string>> = {
  gelu: 'source[i] * gate(source[i])',
  geluGradient: 'gradient[i] * slope(source[i])',
  reluGradient: 'select(gradient[i], 0.0, source[i] <= 0.0)',
};

/**
 * WGSL over whole arrays. Bindings: source, gradient (of gradients), target, `{ length }`.
 *
 * gelu(x) = x s with s = 1 / (1 + e^(-2u)), u = sqrt(2 / pi) (x + 0.044715 x^3): the tanh form without tanh, which
 * overflows on some GPUs.
 */
export function elementwiseShader(name: ElementwiseFunction): string {
  const hasGradient = name !== 'gelu';
  return `
@group(0) @binding(0) var<storage, read> source: array<f32>;
${hasGradient ? '@group(0) @binding(1) var<storage, read> gradient: array<f32>;' : ''}
@group(0) @binding(${hasGradient ? 2 : 1}) var<storage, read_write> result: array<f32>;
struct Parameters { length: u32 }
@group(0) @binding(${hasGradient ? 3 : 2}) var<uniform> parameters: Parameters;
fn gate(x: f32) -> f32 {
  return 1.0 / (1.0 + exp(-1.5957691216057308 * x * (1.0 + 0.044715 * x * x)));
}
fn slope(x: f32) -> f32 {
  let s = gate(x);
  return s + s * (1.0 - s) * x * 1.5957691216057308 * (1.0 + 0.134145 * x * x);
}
@compute @workgroup_size(${elementwiseWorkgroup})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) lane: u32) {
  let i = (group.y * groups.x + group.x) * ${elementwiseWorkgroup}u + lane;
  if (i >= parameters.length) { return; }
  result[i] = ${expressions[name]};
}
`;
}
