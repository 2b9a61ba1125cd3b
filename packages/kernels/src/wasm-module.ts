import type { Rule } from '@ds/tensor';
import type { Node, Program } from './program.ts';
import { traceRule } from './trace-rule.ts';
import {
  assembleModule,
  code,
  float32,
  localGet,
  localSet,
  loopOverElements,
  memoryArgument,
  type,
} from './wasm-assembler.ts';
import { scalarInstructions, vectorInstructions } from './wasm-instructions.ts';
import type { Instructions } from './wasm-instructions.ts';

/** What the module is to be bound to. */
export interface WasmModuleOptions {
  /** The memory to run on is a shared one (`new WebAssembly.Memory({ shared: true, ... })`). Default false. */
  readonly shared?: boolean;
}

/**
 * Compiles a rule to a WebAssembly module that needs 128-bit SIMD.
 *
 * It imports `env.memory` and exports `run(length, ...addresses, ...scalars)`: the number of elements, the byte
 * address of each of `rule.slots`, the value of each of `rule.scalars`. Addresses must be multiples of 4. Every
 * operation is rounded to float32 once, as `float32Algebra` does; only the bits of a NaN may differ.
 *
 * @throws InvalidArgumentError when the rule contradicts itself (see `traceRule`).
 *
 * @example
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * const { instance } = await WebAssembly.instantiate(wasmModule(scaleInto), { env: { memory } });
 * const run = instance.exports['run'] as (...operands: number[]) => void;
 * run(2, 0, 8, 0.5); // two elements, target at byte 0, source at byte 8, factor 0.5
 */
export function wasmModule(rule: Rule, { shared }: WasmModuleOptions = {}): Uint8Array<ArrayBuffer> {
  const program = traceRule(rule);
  const { nodes } = program;
  const length = 0;
  const address = (slot: number): number => 1 + slot;
  const firstScalar = 1 + rule.slots.length;
  const firstLocal = firstScalar + rule.scalars.length;
  // One local per node and format; the one after a format's last is never assigned, and so is zero.
  const scalars: Format = {
    instructions: scalarInstructions,
    local: (node) => (node.kind === 'scalar' ? firstScalar + node.index : firstLocal + node.id),
    zero: firstLocal + nodes.length,
    address,
  };
  const vectors: Format = {
    instructions: vectorInstructions,
    local: (node) => scalars.zero + 1 + node.id,
    zero: scalars.zero + 1 + nodes.length,
    address,
  };
  const moving = Array.from(rule.slots.keys(), address).filter(
    (_, slot) => !rule.broadcast?.includes(rule.slots[slot]!),
  );
  return assembleModule({
    parameters: [type.i32, ...rule.slots.map(() => type.i32), ...rule.scalars.map(() => type.f32)],
    results: [],
    locals: [
      [nodes.length + 1, type.f32],
      [nodes.length + 1, type.v128],
    ],
    body: [
      ...nodes.filter((node) => node.uniform).flatMap((node) => emitNode(node, scalars)),
      ...uniformsReadByElements(program).flatMap((node) => splat(scalars.local(node), vectors.local(node))),
      ...loopOverElements(4, length, moving, emitElement(program, vectors)),
      ...loopOverElements(1, length, moving, emitElement(program, scalars)),
    ],
    shared,
  });
}

/** Single numbers or vectors of four: their instructions and where their values are. */
interface Format {
  readonly instructions: Instructions;
  /** The local that holds a node's value. */
  readonly local: (node: Node) => number;
  /** A local that holds zero. */
  readonly zero: number;
  /** The local that holds a slot's address. */
  readonly address: (slot: number) => number;
}

/** One element or one vector of them: loads, arithmetic, stores. */
function emitElement(program: Program, format: Format): number[] {
  return [
    ...program.nodes.filter((node) => !node.uniform).flatMap((node) => emitNode(node, format)),
    ...program.stores.flatMap(({ slot, value }) => [
      ...localGet(format.address(slot)),
      ...localGet(format.local(value)),
      ...format.instructions.store,
      ...memoryArgument(0),
    ]),
  ];
}

/** Gives a node's local its value. */
function emitNode(node: Node, format: Format): number[] {
  // Scalars are parameters: they are there from the start.
  if (node.kind === 'scalar') return [];
  return [...emitValue(node, format), ...localSet(format.local(node))];
}

function emitValue(
  node: Exclude<Node, { kind: 'scalar' }>,
  { instructions, local, zero, address }: Format,
): number[] {
  if (node.kind === 'constant') return [...code.f32Const, ...float32(node.value)];
  if (node.kind === 'slot') {
    return [...localGet(address(node.index)), ...instructions.load, ...memoryArgument(0)];
  }
  const operands = node.operands.map((operand) => localGet(local(operand)));
  if (node.operator !== 'select') return [...operands.flat(), ...instructions[node.operator]];
  const [condition = [], ...branches] = operands;
  const test = [...condition, ...localGet(zero), ...instructions.greater];
  return [...branches.flat(), ...test, ...instructions.select];
}

/** Fills a vector with one number. */
function splat(scalar: number, vector: number): number[] {
  return [...localGet(scalar), ...code.f32x4Splat, ...localSet(vector)];
}

/** The uniform values that the main loop needs as vectors. */
function uniformsReadByElements({ nodes, stores }: Program): Node[] {
  const read = new Set(stores.map((store) => store.value));
  for (const node of nodes) {
    if (node.kind === 'operation' && !node.uniform) for (const operand of node.operands) read.add(operand);
  }
  return nodes.filter((node) => node.uniform && read.has(node));
}
