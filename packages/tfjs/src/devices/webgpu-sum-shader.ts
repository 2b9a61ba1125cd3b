/** Invocations per workgroup. */
export const sumWorkgroupSize = 64;

const quietNaN = '0x7fc00000u';
const exponent = '0x7f800000u';

/**
 * Prints a WGSL shader that adds up `length` numbers from `start` on, or their squares, into `sums` partial sums,
 * written to `target` from `to` on: partial sum `i` takes every `sums`-th number from the `i`-th on.
 *
 * No invocation waits for another: barriers cost more than a second and a third pass over what is left, above all
 * on software adapters. WGSL lets a device assume that infinities and NaN do not occur, so numbers travel as bits,
 * and the sum over one that is not finite is NaN.
 */
export function sumShader({ squares }: { readonly squares: boolean }): string {
  return `struct Parameters { start: u32, length: u32, to: u32, sums: u32 }

@group(0) @binding(0) var<storage, read_write> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> target_: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;

@compute @workgroup_size(${sumWorkgroupSize})
fn main(@builtin(global_invocation_id) invocation: vec3u) {
  if (invocation.x >= parameters.sums) { return; }
  var sum = 0.0;
  var finite = true;
  for (var index = invocation.x; index < parameters.length; index += parameters.sums) {
    let bits = source[parameters.start + index];
    let value = bitcast<f32>(bits);
    finite = finite && (bits & ${exponent}) != ${exponent};
    sum += ${squares ? 'value * value' : 'value'};
  }
  target_[parameters.to + invocation.x] = select(${quietNaN}, bitcast<u32>(sum), finite);
}
`;
}
