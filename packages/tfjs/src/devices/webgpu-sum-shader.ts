/** Invocations per workgroup, and the most workgroups of the first pass: the second pass is one workgroup. */
export const sumWorkgroupSize = 256;

const quietNaN = '0x7fc00000u';
const exponent = '0x7f800000u';

/**
 * Prints a WGSL shader that adds up `length` numbers from `start` on, or their squares, one partial sum for each
 * workgroup, written to `target` from `to` on.
 *
 * WGSL lets a device assume that infinities and NaN do not occur, so numbers travel as bits: a workgroup that
 * meets one that is not finite writes NaN.
 */
export function sumShader({ squares }: { readonly squares: boolean }): string {
  return `struct Parameters { start: u32, length: u32, to: u32 }

@group(0) @binding(0) var<storage, read_write> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> target_: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;

var<workgroup> sums: array<f32, ${sumWorkgroupSize}>;
var<workgroup> broken: atomic<u32>;

@compute @workgroup_size(${sumWorkgroupSize})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  var sum = 0.0;
  let stride = workgroups.x * ${sumWorkgroupSize}u;
  for (var index = workgroup.x * ${sumWorkgroupSize}u + invocation; index < parameters.length; index += stride) {
    let bits = source[parameters.start + index];
    if ((bits & ${exponent}) == ${exponent}) {
      atomicStore(&broken, 1u);
    } else {
      let value = bitcast<f32>(bits);
      sum += ${squares ? 'value * value' : 'value'};
    }
  }
  sums[invocation] = sum;
  workgroupBarrier();
  for (var half = ${sumWorkgroupSize / 2}u; half > 0u; half /= 2u) {
    if (invocation < half) { sums[invocation] += sums[invocation + half]; }
    workgroupBarrier();
  }
  if (invocation == 0u) {
    let finite = atomicLoad(&broken) == 0u;
    target_[parameters.to + workgroup.x] = select(${quietNaN}, bitcast<u32>(sums[0]), finite);
  }
}
`;
}
