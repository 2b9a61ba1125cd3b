import { pieceOfWorkgroup, reductions } from './run-shader.ts';

// A workgroup has one row; `piece` may be past the last, and then all its invocations leave together.
const parameters = 'struct Parameters { rows: u32, width: u32, epsilon: f32 }';
const builtins = `(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) lane: u32)`;

/** WGSL that finds a row's mean (or takes 0) and the inverse of its deviation. */
function statistics(centred: boolean): string {
  return `
${reductions}
fn meanOf(start: u32, lane: u32) -> f32 {
  ${
    centred
      ? `var sum = 0.0;
  for (var j = lane; j < parameters.width; j += 64u) { sum += x[start + j]; }
  return sumOverWorkgroup(sum, lane) / f32(parameters.width);`
      : 'return 0.0;'
  }
}
fn inverseOf(start: u32, lane: u32, mean: f32) -> f32 {
  var sum = 0.0;
  for (var j = lane; j < parameters.width; j += 64u) {
    let d = x[start + j] - mean;
    sum += d * d;
  }
  return 1.0 / sqrt(sumOverWorkgroup(sum, lane) / f32(parameters.width) + parameters.epsilon);
}
`;
}

/** Bindings: x, gain, bias (if centred), y, `{ rows, width, epsilon }`. The formulas are in kernels/assembly/norm.ts. */
export function normShader(centred: boolean): string {
  const last = centred ? 3 : 2;
  return `
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> gain: array<f32>;
${centred ? '@group(0) @binding(2) var<storage, read> bias: array<f32>;' : ''}
@group(0) @binding(${last}) var<storage, read_write> y: array<f32>;
${parameters}
@group(0) @binding(${last + 1}) var<uniform> parameters: Parameters;
${pieceOfWorkgroup}${statistics(centred)}
@compute @workgroup_size(64)
fn main${builtins} {
  let row = piece(group, groups);
  if (row >= parameters.rows) { return; }
  let start = row * parameters.width;
  let mean = meanOf(start, lane);
  let inverse = inverseOf(start, lane, mean);
  for (var j = lane; j < parameters.width; j += 64u) {
    y[start + j] = (x[start + j] - mean) * inverse * gain[j]${centred ? ' + bias[j]' : ''};
  }
}
`;
}

/** Bindings: dy, x, gain, dx, statistics (mean and inverse deviation of each row, for `normColumnsShader`), parameters. */
export function normGradientShader(centred: boolean): string {
  return `
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<storage, read_write> statistics: array<vec2<f32>>;
${parameters}
@group(0) @binding(5) var<uniform> parameters: Parameters;
${pieceOfWorkgroup}${statistics(centred)}
@compute @workgroup_size(64)
fn main${builtins} {
  let row = piece(group, groups);
  if (row >= parameters.rows) { return; }
  let start = row * parameters.width;
  let mean = meanOf(start, lane);
  let inverse = inverseOf(start, lane, mean);
  var sum = 0.0;
  var product = 0.0;
  for (var j = lane; j < parameters.width; j += 64u) {
    let h = dy[start + j] * gain[j];
    sum += h;
    product += h * (x[start + j] - mean) * inverse;
  }
  let shift = ${centred ? 'sumOverWorkgroup(sum, lane) / f32(parameters.width)' : '0.0'};
  let tilt = sumOverWorkgroup(product, lane) / f32(parameters.width);
  for (var j = lane; j < parameters.width; j += 64u) {
    let h = dy[start + j] * gain[j];
    dx[start + j] = inverse * (h - shift - (x[start + j] - mean) * inverse * tilt);
  }
  if (lane == 0u) { statistics[row] = vec2<f32>(mean, inverse); }
}
`;
}

/** Columns that a workgroup of `normColumnsShader` has. */
export const normColumns = 8;

/** Bindings: dy, x, statistics, dgain, dbias (if centred), parameters. */
export function normColumnsShader(centred: boolean): string {
  return `
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> statistics: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read_write> dgain: array<f32>;
${centred ? '@group(0) @binding(4) var<storage, read_write> dbias: array<f32>;' : ''}
${parameters}
@group(0) @binding(${centred ? 5 : 4}) var<uniform> parameters: Parameters;
// Sums of gain and bias, ${normColumns} columns x 32 strands of rows.
var<workgroup> strands: array<vec2<f32>, 256>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let column = group.x * ${normColumns}u + lane % ${normColumns}u;
  var sums = vec2<f32>(0.0, 0.0);
  if (column < parameters.width) {
    for (var row = lane / ${normColumns}u; row < parameters.rows; row += 32u) {
      let at = row * parameters.width + column;
      let n = (x[at] - statistics[row].x) * statistics[row].y;
      sums += vec2<f32>(dy[at] * n, dy[at]);
    }
  }
  strands[lane] = sums;
  for (var half = 128u; half >= ${normColumns}u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { strands[lane] += strands[lane + half]; }
  }
  if (lane < ${normColumns}u && column < parameters.width) {
    dgain[column] = strands[lane].x;
    ${centred ? 'dbias[column] = strands[lane].y;' : ''}
  }
}
`;
}
