import { pieceOfWorkgroup, reductions } from './run-shader.ts';

// A workgroup has one row; `piece` may be past the last, and then all its invocations leave together.
const start = `
${pieceOfWorkgroup}${reductions}
fn largest(begin: u32, lane: u32) -> f32 {
  var most = logits[begin];
  for (var j = lane; j < parameters.classes; j += 64u) { most = max(most, logits[begin + j]); }
  return maxOverWorkgroup(most, lane);
}
fn sumOfExponentials(begin: u32, lane: u32, most: f32) -> f32 {
  var sum = 0.0;
  for (var j = lane; j < parameters.classes; j += 64u) { sum += exp(logits[begin + j] - most); }
  return sumOverWorkgroup(sum, lane);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) lane: u32) {
  let row = piece(group, groups);
  if (row >= parameters.rows) { return; }
  let begin = row * parameters.classes;
  let label = labels[row];
  let valid = label >= 0 && label < i32(parameters.classes);
  let most = largest(begin, lane);
  let sum = sumOfExponentials(begin, lane, most);
`;

/**
 * Bindings: logits, labels, losses, `{ rows, classes, nan }`; `nan` has the bits of NaN, which WGSL cannot write, for
 * labels out of range.
 */
export const crossEntropyShader: string = `
@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> losses: array<f32>;
struct Parameters { rows: u32, classes: u32, nan: u32 }
@group(0) @binding(3) var<uniform> parameters: Parameters;
${start}
  if (lane == 0u) {
    var loss = bitcast<f32>(parameters.nan);
    if (valid) { loss = log(sum) + (most - logits[begin + u32(label)]); }
    losses[row] = loss;
  }
}
`;

/** Bindings: logits, labels, dy, dlogits, `{ rows, classes, nan, step, factor }`: row i has dy[i * step] * factor. */
export const crossEntropyGradientShader: string = `
@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dlogits: array<f32>;
struct Parameters { rows: u32, classes: u32, nan: u32, step: u32, factor: f32 }
@group(0) @binding(4) var<uniform> parameters: Parameters;
${start}
  var weight = bitcast<f32>(parameters.nan);
  if (valid) { weight = dy[row * parameters.step] * parameters.factor; }
  for (var j = lane; j < parameters.classes; j += 64u) {
    let right = select(0.0, 1.0, i32(j) == label);
    dlogits[begin + j] = (exp(logits[begin + j] - most) / sum - right) * weight;
  }
}
`;
