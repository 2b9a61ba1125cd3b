import { compileModule, isShared } from './wasm-rule.ts';
import { assembleModule, code, memoryArgument, signed, type, unsigned } from './wasm-assembler.ts';

/**
 * Adds up the squares of `values[start]` to `values[end - 1]` in float64.
 *
 * Not finite if an element is not. The order is fixed, and the same in `instantiateSumOfSquares`, so both give the
 * same bits: element `i` of the full groups of eight goes to lane `i % 8`; the lanes are added as
 * `((0 + 2) + (4 + 6)) + ((1 + 3) + (5 + 7))`; the up to seven elements that are left follow one by one.
 *
 * @example
 * sumOfSquares(Float32Array.of(1, 2, 3), 0, 3); // 14
 */
export function sumOfSquares(values: Float32Array, start = 0, end: number = values.length): number {
  let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
  let index = start;
  for (const last = end - 7; index < last; index += 8) {
    s0 += values[index]! * values[index]!;
    s1 += values[index + 1]! * values[index + 1]!;
    s2 += values[index + 2]! * values[index + 2]!;
    s3 += values[index + 3]! * values[index + 3]!;
    s4 += values[index + 4]! * values[index + 4]!;
    s5 += values[index + 5]! * values[index + 5]!;
    s6 += values[index + 6]! * values[index + 6]!;
    s7 += values[index + 7]! * values[index + 7]!;
  }
  let sum = s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7));
  for (; index < end; index++) sum += values[index]! * values[index]!;
  return sum;
}

/** Adds up the squares of `length` float32 numbers from byte `address` (a multiple of 4) on. */
export type WasmSumOfSquares = (address: number, length: number) => number;

const modules = new Map<boolean, WebAssembly.Module>();

/**
 * Binds `sumOfSquares` to a WebAssembly memory, private or shared: the same bits, several times faster.
 *
 * @throws UnavailableError when WebAssembly SIMD is missing.
 *
 * @example
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * new Float32Array(memory.buffer).set([1, 2, 3]);
 * instantiateSumOfSquares(memory)(0, 3); // 14
 */
export function instantiateSumOfSquares(memory: WebAssembly.Memory): WasmSumOfSquares {
  const shared = isShared(memory);
  let module = modules.get(shared);
  if (module === undefined) {
    module = compileModule(sumOfSquaresModule(shared), 'the sum of squares');
    modules.set(shared, module);
  }
  return new WebAssembly.Instance(module, { env: { memory } }).exports['run'] as WasmSumOfSquares;
}

function sumOfSquaresModule(shared: boolean): Uint8Array<ArrayBuffer> {
  const [address, length, sum, element, firstLane, pair] = [0, 1, 2, 3, 4, 8] as const;
  const get = (local: number): number[] => [...code.localGet, ...unsigned(local)];
  const set = (local: number): number[] => [...code.localSet, ...unsigned(local)];
  /** Runs `turn`, which takes `elements`, as long as so many are left. */
  const loop = (elements: number, turn: readonly number[]): number[] => [
    ...code.block,
    ...code.loop,
    ...[...get(length), ...code.i32Const, ...signed(elements), ...code.i32LtS, ...code.brIf, 1],
    ...turn,
    ...[...get(address), ...code.i32Const, ...signed(4 * elements), ...code.i32Add, ...set(address)],
    ...[...get(length), ...code.i32Const, ...signed(elements), ...code.i32Sub, ...set(length)],
    ...[...code.br, 0, ...code.end, ...code.end],
  ];
  const addPair = (index: number): number[] => {
    const load = [...get(address), ...code.v128Load64Zero, ...memoryArgument(8 * index)];
    const square = [
      ...load,
      ...code.f64x2PromoteLowF32x4,
      ...set(pair),
      ...get(pair),
      ...get(pair),
      ...code.f64x2Mul,
    ];
    return [...square, ...get(firstLane + index), ...code.f64x2Add, ...set(firstLane + index)];
  };
  const addLanes = [
    ...[...get(firstLane), ...get(firstLane + 1), ...code.f64x2Add],
    ...[...get(firstLane + 2), ...get(firstLane + 3), ...code.f64x2Add],
    ...[...code.f64x2Add, ...set(pair)],
    ...[...get(pair), ...code.f64x2ExtractLane, 0, ...get(pair), ...code.f64x2ExtractLane, 1],
    ...[...code.f64Add, ...set(sum)],
  ];
  const addElement = [
    ...[...get(address), ...code.f32Load, ...memoryArgument(0), ...code.f64PromoteF32, ...set(element)],
    ...[...get(element), ...get(element), ...code.f64Mul, ...get(sum), ...code.f64Add, ...set(sum)],
  ];
  return assembleModule({
    parameters: [type.i32, type.i32],
    results: [type.f64],
    locals: [
      [2, type.f64],
      [5, type.v128],
    ],
    body: [...loop(8, [0, 1, 2, 3].flatMap(addPair)), ...addLanes, ...loop(1, addElement), ...get(sum)],
    shared,
  });
}
