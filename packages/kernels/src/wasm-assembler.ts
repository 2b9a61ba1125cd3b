/** Value types of WebAssembly. */
export const type = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
type ValueType = (typeof type)[keyof typeof type];

/**
 * The instructions that our kernels use, by their names in the specification
 * (https://webassembly.github.io/spec/core/appendix/index-instructions.html).
 */
export const code = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  end: [0x0b],
  br: [0x0c],
  brIf: [0x0d],
  select: [0x1b],
  localGet: [0x20],
  localSet: [0x21],
  f32Load: [0x2a],
  f32Store: [0x38],
  i32Const: [0x41],
  f32Const: [0x43],
  i32LtS: [0x48],
  f32Gt: [0x5e],
  i32Add: [0x6a],
  f32Abs: [0x8b],
  f32Sqrt: [0x91],
  f32Add: [0x92],
  f32Sub: [0x93],
  f32Mul: [0x94],
  f32Div: [0x95],
  f32Min: [0x96],
  f32Max: [0x97],
  f64Add: [0xa0],
  f64Mul: [0xa2],
  f64PromoteF32: [0xbb],
  v128Load: [0xfd, 0x00],
  v128Store: [0xfd, 0x0b],
  f32x4Splat: [0xfd, 0x13],
  f64x2ExtractLane: [0xfd, 0x21],
  f32x4Gt: [0xfd, 0x44],
  v128Bitselect: [0xfd, 0x52],
  v128Load64Zero: [0xfd, 0x5d],
  f64x2PromoteLowF32x4: [0xfd, 0x5f],
  f32x4Abs: [0xfd, 0xe0, 0x01],
  f32x4Sqrt: [0xfd, 0xe3, 0x01],
  f32x4Add: [0xfd, 0xe4, 0x01],
  f32x4Sub: [0xfd, 0xe5, 0x01],
  f32x4Mul: [0xfd, 0xe6, 0x01],
  f32x4Div: [0xfd, 0xe7, 0x01],
  f32x4Min: [0xfd, 0xe8, 0x01],
  f32x4Max: [0xfd, 0xe9, 0x01],
  f64x2Add: [0xfd, 0xf0, 0x01],
  f64x2Mul: [0xfd, 0xf2, 0x01],
} as const;

/** A whole number of 0 or more in LEB128. */
export function unsigned(value: number): number[] {
  const encoded: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) encoded.push((rest & 0x7f) | 0x80);
  return [...encoded, rest];
}

/** A 32-bit integer in signed LEB128. */
export function signed(value: number): number[] {
  const encoded: number[] = [];
  let rest = value;
  for (; rest < -0x40 || rest > 0x3f; rest >>= 7) encoded.push((rest & 0x7f) | 0x80);
  return [...encoded, rest & 0x7f];
}

/** A float32 as its four bytes. */
export function float32(value: number): number[] {
  const encoded = new Uint8Array(4);
  new DataView(encoded.buffer).setFloat32(0, value, true);
  return [...encoded];
}

/** The alignment (as its logarithm: floats promise 4 bytes) and offset of a load or a store. */
export function memoryArgument(offset: number): number[] {
  return [2, ...unsigned(offset)];
}

/** Puts a local variable on the stack. */
export function localGet(local: number): number[] {
  return [...code.localGet, ...unsigned(local)];
}

/** Takes a local variable's new value from the stack. */
export function localSet(local: number): number[] {
  return [...code.localSet, ...unsigned(local)];
}

/**
 * Runs `turn`, which handles `elements` float32 numbers, as long as the local `length` says that so many are left,
 * and moves the `addresses` on.
 */
export function loopOverElements(
  elements: number,
  length: number,
  addresses: readonly number[],
  turn: readonly number[],
): number[] {
  const increase = (local: number, by: number): number[] => [
    ...localGet(local),
    ...code.i32Const,
    ...signed(by),
    ...code.i32Add,
    ...localSet(local),
  ];
  const tooFew = [...localGet(length), ...code.i32Const, ...signed(elements), ...code.i32LtS];
  const advance = addresses.flatMap((address) => increase(address, 4 * elements));
  const next = [...increase(length, -elements), ...code.br, 0, ...code.end, ...code.end];
  return [...code.block, ...code.loop, ...tooFew, ...code.brIf, 1, ...turn, ...advance, ...next];
}

/** A module of one function, `run`, over an imported memory. */
export interface ModuleParts {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Local variables after the parameters: how many of which type. All start as zero. */
  readonly locals: readonly (readonly [count: number, type: ValueType])[];
  /** Instructions, without the final `end`. */
  readonly body: readonly number[];
  /** The memory is a shared one. Default false. */
  readonly shared?: boolean | undefined;
}

/** The magic number and version 1. */
const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Builds a module that imports `env.memory` of any size and exports `run`. */
export function assembleModule(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  // A shared memory is imported with a maximum; 65536 pages is what no memory exceeds.
  const limits = parts.shared ? [3, 0, ...unsigned(65_536)] : [0, 0];
  const locals = list(parts.locals.map(([count, local]) => [...unsigned(count), local]));
  const body = [...locals, ...parts.body, ...code.end];
  return Uint8Array.from([
    ...header,
    ...section(1, list([[0x60, ...bytes(parts.parameters), ...bytes(parts.results)]])),
    ...section(2, list([[...text('env'), ...text('memory'), 0x02, ...limits]])),
    ...section(3, list([[0]])),
    ...section(7, list([[...text('run'), 0x00, 0]])),
    ...section(10, list([bytes(body)])),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...bytes(content)];
}

/** A count, then the items. */
function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** A length, then the bytes. */
function bytes(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content];
}

function text(value: string): number[] {
  return bytes(Array.from(value, (character) => character.charCodeAt(0)));
}
