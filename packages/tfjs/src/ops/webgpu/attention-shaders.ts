/** Queries, or keys, that a workgroup has: one for each invocation. */
export const attentionWorkgroup = 64;

/** Tensors that the parameters give places of: offset, batch, head and row. */
export const attentionPlaces = ['query', 'key', 'value', 'out'] as const;

/** One head is at most this wide: an invocation holds up to four rows of it. */
export const largestHead = 256;

/** What a shader is written for. */
export interface AttentionVariant {
  readonly size: number;
  /** Whether the gradients of query, key and value go into one tensor, placed as they are. */
  readonly packed: boolean;
}

/** Everything that does not depend on which shader: types, parameters, tiles in memory that a workgroup shares. */
function preamble({ size }: AttentionVariant, bindings: readonly string[]): string {
  const wide = size % 4 === 0;
  const places = attentionPlaces.map((name) =>
    ['Offset', 'Batch', 'Head', 'Row'].map((part) => `${name}${part}: u32`).join(', '),
  );
  return `
// Rows are vectors of four where their size allows it.
alias Piece = ${wide ? 'vec4<f32>' : 'f32'};
const pieces = ${wide ? size / 4 : size}u;
alias Row = array<Piece, pieces>;
// What a workgroup holds of two matrices at a time.
const tile = ${tileRows(size)}u;
var<workgroup> left: array<Piece, tile * pieces>;
var<workgroup> right: array<Piece, tile * pieces>;
struct Parameters {
  queries: u32, keys: u32, heads: u32, causal: u32, scale: f32,
  ${places.join(',\n  ')}
}
${bindings.map((binding, index) => `@group(0) @binding(${index}) var<storage, ${binding};`).join('\n')}
@group(0) @binding(${bindings.length}) var<uniform> parameters: Parameters;
fn product(a: Piece, b: Piece) -> f32 { return ${wide ? 'dot(a, b)' : 'a * b'}; }
// Index of the first piece of a head's row; distances are given in elements.
fn place(offset: u32, batch: u32, head: u32, row: u32, plane: u32, index: u32) -> u32 {
  return (offset + plane / parameters.heads * batch + plane % parameters.heads * head + index * row) / ${wide ? 4 : 1}u;
}
${attentionPlaces
  .map(
    (name) => `fn ${name}At(plane: u32, index: u32) -> u32 {
  return place(parameters.${name}Offset, parameters.${name}Batch, parameters.${name}Head, parameters.${name}Row, plane, index);
}`,
  )
  .join('\n')}
`;
}

const main = `
@compute @workgroup_size(${attentionWorkgroup})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let plane = group.y;
  let index = group.x * ${attentionWorkgroup}u + lane;
`;

/** WGSL that fills the tiles with rows of two matrices from `first` on. */
function fillTiles(
  count: string,
  first: string,
  leftName: string,
  leftAt: string,
  rightName: string,
  rightAt: string,
): string {
  return `
    workgroupBarrier();
    for (var i = lane; i < tile * pieces; i += ${attentionWorkgroup}u) {
      let row = ${first} + i / pieces;
      if (row < ${count}) {
        left[i] = ${leftName}[${leftAt}(plane, row) + i % pieces];
        right[i] = ${rightName}[${rightAt}(plane, row) + i % pieces];
      }
    }
    workgroupBarrier();`;
}

// The keys that any query of the workgroup sees.
const lastKey = `
  let end = select(parameters.keys, min(parameters.keys, (group.x + 1u) * ${attentionWorkgroup}u), parameters.causal == 1u);`;

/**
 * Bindings: query, key, value, out, logSums, parameters. Softmax is accumulated key by key (Milakov and Gimelshein,
 * "Online normalizer calculation for softmax", 2018).
 */
export function attentionShader(variant: AttentionVariant): string {
  return `${preamble(variant, [
    'read> query: array<Piece>',
    'read> key: array<Piece>',
    'read> value: array<Piece>',
    'read_write> out: array<Piece>',
    'read_write> logSums: array<f32>',
  ])}${main}${lastKey}
  var q: Row;
  var sums: Row;
  if (index < parameters.queries) {
    let at = queryAt(plane, index);
    for (var i = 0u; i < pieces; i++) { q[i] = query[at + i] * parameters.scale; }
  }
  var top = -3.4e38;
  var sum = 0.0;
  for (var first = 0u; first < end; first += tile) {${fillTiles('end', 'first', 'key', 'keyAt', 'value', 'valueAt')}
    var last = min(tile, end - first);
    if (parameters.causal == 1u) { last = min(last, max(index + 1u, first) - first); }
    for (var j = 0u; j < last; j++) {
      var score = 0.0;
      for (var i = 0u; i < pieces; i++) { score += product(q[i], left[j * pieces + i]); }
      let next = max(top, score);
      let kept = exp(top - next);
      let weight = exp(score - next);
      top = next;
      sum = sum * kept + weight;
      for (var i = 0u; i < pieces; i++) { sums[i] = sums[i] * kept + weight * right[j * pieces + i]; }
    }
  }
  if (index < parameters.queries) {
    let at = outAt(plane, index);
    for (var i = 0u; i < pieces; i++) { out[at + i] = sums[i] / sum; }
    logSums[plane * parameters.queries + index] = top + log(sum);
  }
}
`;
}

/** Bindings: query, key, value, out, dout, logSums, dquery, corrections (row sums of out * dout), parameters. */
export function attentionQueryGradientShader(variant: AttentionVariant): string {
  return `${preamble(variant, [
    'read> query: array<Piece>',
    'read> key: array<Piece>',
    'read> value: array<Piece>',
    'read> out: array<Piece>',
    'read> dout: array<Piece>',
    'read> logSums: array<f32>',
    'read_write> dquery: array<Piece>',
    'read_write> corrections: array<f32>',
  ])}${main}${lastKey}
  var q: Row;
  var d: Row;
  var sums: Row;
  var correction = 0.0;
  var logSum = 0.0;
  if (index < parameters.queries) {
    let begin = queryAt(plane, index);
    let at = outAt(plane, index);
    for (var i = 0u; i < pieces; i++) {
      q[i] = query[begin + i] * parameters.scale;
      d[i] = dout[at + i];
      correction += product(d[i], out[at + i]);
    }
    logSum = logSums[plane * parameters.queries + index];
  }
  for (var first = 0u; first < end; first += tile) {${fillTiles('end', 'first', 'key', 'keyAt', 'value', 'valueAt')}
    var last = min(tile, end - first);
    if (parameters.causal == 1u) { last = min(last, max(index + 1u, first) - first); }
    for (var j = 0u; j < last; j++) {
      var score = 0.0;
      var slope = 0.0;
      for (var i = 0u; i < pieces; i++) {
        score += product(q[i], left[j * pieces + i]);
        slope += product(d[i], right[j * pieces + i]);
      }
      let ds = exp(score - logSum) * (slope - correction) * parameters.scale;
      for (var i = 0u; i < pieces; i++) { sums[i] += ds * left[j * pieces + i]; }
    }
  }
  if (index < parameters.queries) {
    let at = queryAt(plane, index);
    for (var i = 0u; i < pieces; i++) { dquery[at + i] = sums[i]; }
    corrections[plane * parameters.queries + index] = correction;
  }
}
`;
}

/** Bindings: query, key, value, dout, logSums, corrections, dkey and dvalue (or one, if packed), parameters. */
export function attentionKeyGradientShader(variant: AttentionVariant): string {
  return `${preamble(variant, [
    'read> query: array<Piece>',
    'read> key: array<Piece>',
    'read> value: array<Piece>',
    'read> dout: array<Piece>',
    'read> logSums: array<f32>',
    'read> corrections: array<f32>',
    'read_write> dkey: array<Piece>',
    ...(variant.packed ? [] : ['read_write> dvalue: array<Piece>']),
  ])}
var<workgroup> tileLogSums: array<f32, tile>;
var<workgroup> tileCorrections: array<f32, tile>;
${main}
  var k: Row;
  var v: Row;
  var dk: Row;
  var dv: Row;
  if (index < parameters.keys) {
    for (var i = 0u; i < pieces; i++) {
      k[i] = key[keyAt(plane, index) + i] * parameters.scale;
      v[i] = value[valueAt(plane, index) + i];
    }
  }
  // The queries that see any key of the workgroup.
  let begin = select(0u, group.x * ${attentionWorkgroup}u, parameters.causal == 1u);
  let count = parameters.queries;
  for (var first = begin; first < count; first += tile) {${fillTiles('count', 'first', 'query', 'queryAt', 'dout', 'outAt')}
    for (var i = lane; i < tile && first + i < count; i += ${attentionWorkgroup}u) {
      tileLogSums[i] = logSums[plane * count + first + i];
      tileCorrections[i] = corrections[plane * count + first + i];
    }
    workgroupBarrier();
    var start = 0u;
    if (parameters.causal == 1u) { start = max(index, first) - first; }
    for (var j = start; j < min(tile, count - first); j++) {
      var score = 0.0;
      var slope = 0.0;
      for (var i = 0u; i < pieces; i++) {
        score += product(left[j * pieces + i], k[i]);
        slope += product(right[j * pieces + i], v[i]);
      }
      let weight = exp(score - tileLogSums[j]);
      let ds = weight * (slope - tileCorrections[j]) * parameters.scale;
      for (var i = 0u; i < pieces; i++) {
        dk[i] += ds * left[j * pieces + i];
        dv[i] += weight * right[j * pieces + i];
      }
    }
  }
  if (index < parameters.keys) {
    for (var i = 0u; i < pieces; i++) {
      dkey[keyAt(plane, index) + i] = dk[i];
      ${variant.packed ? 'dkey' : 'dvalue'}[valueAt(plane, index) + i] = dv[i];
    }
  }
}
`;
}

/** As many rows as two tiles have room for in 16 KiB, which every device has, less half a KiB for other things. */
function tileRows(size: number): number {
  return Math.min(64, Math.floor((16_384 - 512) / (8 * size)));
}
