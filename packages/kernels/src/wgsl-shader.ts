import type { Rule } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import { float32Literal } from './float32-literal.ts';
import type { Node } from './program.ts';
import { traceRule } from './trace-rule.ts';

/** How the shader divides its work. */
export interface WgslShaderOptions {
  /** Invocations per workgroup; default 256, the most that every WebGPU device has. */
  readonly workgroupSize?: number;
}

const defaultWorkgroupSize = 256;

/** Every WebGPU device dispatches at least this many workgroups per dimension. */
const maxWorkgroups = 65_535;

/**
 * Prints a rule as a WGSL compute shader with the entry point `main`, one invocation per element.
 *
 * Group 0, binding `i` is `rule.slots[i]`, `var<storage, read_write> array<f32>`, also where the rule only reads
 * it: slots may then be disjoint ranges of one buffer, which WebGPU does not allow for mixed access. The last
 * binding is the uniform block that `wgslParameters` packs. Dispatch `wgslWorkgroups(length)`. WebGPU promises 8
 * storage buffers per stage: ask the adapter for a higher `maxStorageBuffersPerShaderStage` when a rule has more
 * slots.
 *
 * WGSL lets a device fuse, flush denormals and round division and square roots by some ulp; what happens to
 * infinities and NaN is the device's choice.
 *
 * @throws InvalidArgumentError when a constant is infinite or NaN (WGSL cannot write them), or the rule
 * contradicts itself (see `traceRule`).
 *
 * @example
 * device.createShaderModule({ code: wgslShader(scaleInto) }); // a GPUDevice
 */
export function wgslShader(
  rule: Rule,
  { workgroupSize = defaultWorkgroupSize }: WgslShaderOptions = {},
): string {
  const { nodes, stores } = traceRule(rule);
  const slots = rule.slots.map((name, index) => identifier('slot', index, name));
  const starts = rule.slots.map((name, index) => identifier('start', index, name));
  const scalars = rule.scalars.map((name, index) => identifier('scalar', index, name));
  const element = (slot: number): string => {
    const start = `parameters.${starts[slot]}`;
    return `${slots[slot]}[${rule.broadcast?.includes(rule.slots[slot]!) ? start : `${start} + index`}]`;
  };
  const value = (node: Node): string => {
    if (node.kind === 'constant') return float32Literal(node.value, rule);
    if (node.kind === 'scalar') return `parameters.${scalars[node.index]}`;
    if (node.kind === 'slot') return element(node.index);
    return operation(
      node.operator,
      node.operands.map((operand) => `v${operand.id}`),
    );
  };
  const used = new Set(stores.map((store) => store.slot));
  for (const node of nodes) if (node.kind === 'slot') used.add(node.index);
  // A binding that nothing names would be missing from the pipeline's automatic layout.
  const unused = slots.filter((_, index) => !used.has(index));
  return [
    'struct Parameters {',
    '  length: u32,',
    ...starts.map((name) => `  ${name}: u32,`),
    ...scalars.map((name) => `  ${name}: f32,`),
    '}',
    '',
    ...slots.map(
      (name, index) => `@group(0) @binding(${index}) var<storage, read_write> ${name}: array<f32>;`,
    ),
    `@group(0) @binding(${slots.length}) var<uniform> parameters: Parameters;`,
    '',
    `@compute @workgroup_size(${workgroupSize})`,
    'fn main(',
    '  @builtin(workgroup_id) workgroup: vec3u,',
    '  @builtin(num_workgroups) workgroups: vec3u,',
    '  @builtin(local_invocation_index) invocation: u32,',
    ') {',
    `  let index = (workgroup.y * workgroups.x + workgroup.x) * ${workgroupSize}u + invocation;`,
    '  if (index >= parameters.length) { return; }',
    ...unused.map((name) => `  _ = &${name};`),
    ...nodes.map((node) => `  let v${node.id} = ${value(node)};`),
    ...stores.map((store) => `  ${element(store.slot)} = v${store.value.id};`),
    '}',
    '',
  ].join('\n');
}

/**
 * Packs a shader's uniform block: the number of elements, the first element of each slot, the scalars.
 *
 * @param starts for each of `rule.slots`, counted in elements from the beginning of its binding.
 * @param scalars value of each of `rule.scalars`, rounded to float32.
 * @returns the block, a multiple of 16 bytes long.
 * @throws InvalidArgumentError when there are not as many starts as slots, or scalars as the rule has.
 *
 * @example
 * // 100 elements, both slots from their beginnings, factor 0.5
 * wgslParameters(scaleInto, 100, [0, 0], [0.5]).byteLength; // 16
 */
export function wgslParameters(
  rule: Rule,
  length: number,
  starts: readonly number[],
  scalars: readonly number[],
): ArrayBuffer {
  if (starts.length !== rule.slots.length || scalars.length !== rule.scalars.length) {
    throw new InvalidArgumentError(
      `Rule ${rule.name} needs ${rule.slots.length} starts (${rule.slots.join(', ')}) and ` +
        `${rule.scalars.length} scalars (${rule.scalars.join(', ') || 'none'}); ` +
        `got ${starts.length} and ${scalars.length}.`,
    );
  }
  const words = 1 + starts.length + scalars.length;
  const block = new ArrayBuffer(Math.ceil(words / 4) * 16);
  new Uint32Array(block).set([length, ...starts]);
  new Float32Array(block).set(scalars, 1 + starts.length);
  return block;
}

/**
 * Returns how many workgroups to dispatch for `length` elements: `[x, y]`, both within the limit of 65,535.
 *
 * @throws InvalidArgumentError when the elements do not fit into two dimensions.
 *
 * @example
 * wgslWorkgroups(1000); // [4, 1]
 */
export function wgslWorkgroups(
  length: number,
  { workgroupSize = defaultWorkgroupSize }: WgslShaderOptions = {},
): [x: number, y: number] {
  const workgroups = Math.ceil(length / workgroupSize);
  const y = Math.ceil(workgroups / maxWorkgroups);
  if (y > maxWorkgroups || length > 2 ** 32 - 1) {
    throw new InvalidArgumentError(`A shader runs over at most 2^32 - 1 elements, got ${length}.`);
  }
  return [y === 0 ? 0 : Math.ceil(workgroups / y), y];
}

function operation(operator: string, operands: readonly string[]): string {
  const [a, b, c] = operands;
  switch (operator) {
    case 'add':
      return `${a} + ${b}`;
    case 'sub':
      return `${a} - ${b}`;
    case 'mul':
      return `${a} * ${b}`;
    case 'div':
      return `${a} / ${b}`;
    case 'select':
      return `select(${c}, ${b}, ${a} > 0.0)`;
    default:
      return `${operator}(${operands.join(', ')})`;
  }
}

/** Unique by its number, whatever the name; the number also keeps it off WGSL's reserved words. */
function identifier(prefix: string, index: number, name: string): string {
  return `${prefix}${index}_${name.replaceAll(/\W/g, '_')}`;
}
