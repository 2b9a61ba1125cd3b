import type { Rule } from '@ds/tensor';
import type { Node, Operator, Program } from './program.ts';
import { traceRule } from './trace-rule.ts';
import { assembleModule, code, float32, memoryArgument, signed, type, unsigned } from './wasm-assembler.ts';

export interface WasmModuleOptions {
  /** The memory to run on is a shared one (`new WebAssembly.Memory({ shared: true, ... })`). Default false. */
  readonly shared?: boolean;
}

/** How one instruction set spells a program: scalars for the last few elements, vectors for the others. */
interface Spelling {
  readonly load: readonly number[];
  readonly store: readonly number[];
  readonly greater: readonly number[];
  readonly select: readonly number[];
  readonly operators: Readonly<Record<Exclude<Operator, 'select'>, readonly number[]>>;
}

const scalarSpelling: Spelling = {
  load: code.f32Load,
  store: code.f32Store,
  greater: code.f32Gt,
  select: code.select,
  operators: {
    add: code.f32Add,
    sub: code.f32Sub,
    mul: code.f32Mul,
    div: code.f32Div,
    sqrt: code.f32Sqrt,
    abs: code.f32Abs,
    max: code.f32Max,
    min: code.f32Min,
  },
};

const vectorSpelling: Spelling = {
  load: code.v128Load,
  store: code.v128Store,
  greater: code.f32x4Gt,
  select: code.v128Bitselect,
  operators: {
    add: code.f32x4Add,
    sub: code.f32x4Sub,
    mul: code.f32x4Mul,
    div: code.f32x4Div,
    sqrt: code.f32x4Sqrt,
    abs: code.f32x4Abs,
    max: code.f32x4Max,
    min: code.f32x4Min,
  },
};

/** Vectors per turn of the main loop. */
const unroll = 2;

/**
 * Compiles a rule to a WebAssembly module that needs 128-bit SIMD.
 *
 * It imports `env.memory` and exports `run(length, ...addresses, ...scalars)`: the number of elements, the byte
 * address of each of `rule.slots`, the value of each of `rule.scalars`. Addresses must be multiples of 4. Every
 * operation is rounded to float32 once, as `float32Algebra` does; only the bits of a NaN may differ.
 *
 * @throws InvalidArgumentError when the rule contradicts itself (see `traceRule`).
 */
export function wasmModule(rule: Rule, { shared }: WasmModuleOptions = {}): Uint8Array<ArrayBuffer> {
  const program = traceRule(rule);
  const length = 0;
  const address = (slot: number): number => 1 + slot;
  const scalarLocal = (node: Node): number =>
    node.kind === 'scalar'
      ? 1 + rule.slots.length + node.index
      : 1 + rule.slots.length + rule.scalars.length + node.id;
  const scalarZero = 1 + rule.slots.length + rule.scalars.length + program.nodes.length;
  const vectorLocal = (node: Node): number => scalarZero + 1 + node.id;
  const vectorZero = scalarZero + 1 + program.nodes.length;

  const get = (local: number): number[] => [...code.localGet, ...unsigned(local)];
  const set = (local: number): number[] => [...code.localSet, ...unsigned(local)];

  /** Assigns a node's local from its operands' locals. */
  const compute = (
    node: Node,
    spelling: Spelling,
    local: (node: Node) => number,
    zero: number,
    offset: number,
  ): number[] => {
    switch (node.kind) {
      case 'scalar':
        return [];
      case 'constant':
        return [...code.f32Const, ...float32(node.value), ...set(local(node))];
      case 'slot':
        return [
          ...get(address(node.index)),
          ...spelling.load,
          ...memoryArgument(offset),
          ...set(local(node)),
        ];
      case 'operation': {
        const operands = node.operands.map((operand) => get(local(operand)));
        if (node.operator !== 'select')
          return [...operands.flat(), ...spelling.operators[node.operator], ...set(local(node))];
        const [condition, positive, otherwise] = operands as [number[], number[], number[]];
        const test = [...condition, ...get(zero), ...spelling.greater];
        return [...positive, ...otherwise, ...test, ...spelling.select, ...set(local(node))];
      }
    }
  };
  const varying = program.nodes.filter((node) => !node.uniform);
  /** One element, or one vector of them. */
  const body = (
    spelling: Spelling,
    local: (node: Node) => number,
    zero: number,
    offset: number,
  ): number[] => [
    ...varying.flatMap((node) => compute(node, spelling, local, zero, offset)),
    ...program.stores.flatMap(({ slot, value }) => [
      ...get(address(slot)),
      ...get(local(value)),
      ...spelling.store,
      ...memoryArgument(offset),
    ]),
  ];
  /** Runs `turn` as long as `elements` of them are left. */
  const loop = (elements: number, turn: readonly number[]): number[] => {
    const tooFew = [...get(length), ...code.i32Const, ...signed(elements), ...code.i32LtS];
    const advance = rule.slots.flatMap((name, slot) =>
      rule.broadcast?.includes(name)
        ? []
        : [
            ...get(address(slot)),
            ...code.i32Const,
            ...signed(4 * elements),
            ...code.i32Add,
            ...set(address(slot)),
          ],
    );
    const count = [...get(length), ...code.i32Const, ...signed(elements), ...code.i32Sub, ...set(length)];
    const next = [...code.br, 0, ...code.end, ...code.end];
    return [...code.block, ...code.loop, ...tooFew, ...code.brIf, 1, ...turn, ...advance, ...count, ...next];
  };

  const vectors = Array.from({ length: unroll }, (_, index) =>
    body(vectorSpelling, vectorLocal, vectorZero, 16 * index),
  );
  return assembleModule({
    parameters: [type.i32, ...rule.slots.map(() => type.i32), ...rule.scalars.map(() => type.f32)],
    results: [],
    locals: [
      [program.nodes.length + 1, type.f32],
      [program.nodes.length + 1, type.v128],
    ],
    body: [
      ...program.nodes
        .filter((node) => node.uniform)
        .flatMap((node) => compute(node, scalarSpelling, scalarLocal, scalarZero, 0)),
      ...uniformsInLoop(program).flatMap((node) => [
        ...get(scalarLocal(node)),
        ...code.f32x4Splat,
        ...set(vectorLocal(node)),
      ]),
      ...loop(4 * unroll, vectors.flat()),
      ...loop(1, body(scalarSpelling, scalarLocal, scalarZero, 0)),
    ],
    shared,
  });
}

/** The uniform values that the main loop reads, and so needs as vectors. */
function uniformsInLoop(program: Program): Node[] {
  const read = new Set(program.stores.map((store) => store.value));
  for (const node of program.nodes) {
    if (node.kind === 'operation' && !node.uniform) for (const operand of node.operands) read.add(operand);
  }
  return program.nodes.filter((node) => node.uniform && read.has(node));
}
