import { compileModule, instantiateRun, isShared } from './wasm-instance.ts';
import {
  assembleModule,
  code,
  localGet,
  localSet,
  loopOverElements,
  memoryArgument,
  type,
} from './wasm-assembler.ts';

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
  return instantiateRun(module, memory);
}

function sumOfSquaresModule(shared: boolean): Uint8Array<ArrayBuffer> {
  const [address, length, sum, element, firstLanes, pair] = [0, 1, 2, 3, 4, 8];
  const addLanes = (a: number, b: number): number[] => [...localGet(a), ...localGet(b), ...code.f64x2Add];
  const addPair = (index: number): number[] => [
    ...localGet(address),
    ...code.v128Load64Zero,
    ...memoryArgument(8 * index),
    ...code.f64x2PromoteLowF32x4,
    ...localSet(pair),
    ...localGet(firstLanes + index),
    ...localGet(pair),
    ...localGet(pair),
    ...code.f64x2Mul,
    ...code.f64x2Add,
    ...localSet(firstLanes + index),
  ];
  const addElement = [
    ...localGet(address),
    ...code.f32Load,
    ...memoryArgument(0),
    ...code.f64PromoteF32,
    ...localSet(element),
    ...localGet(sum),
    ...localGet(element),
    ...localGet(element),
    ...code.f64Mul,
    ...code.f64Add,
    ...localSet(sum),
  ];
  return assembleModule({
    parameters: [type.i32, type.i32],
    results: [type.f64],
    locals: [
      [2, type.f64],
      [5, type.v128],
    ],
    body: [
      ...loopOverElements(8, length, [address], [0, 1, 2, 3].flatMap(addPair)),
      ...addLanes(firstLanes, firstLanes + 1),
      ...addLanes(firstLanes + 2, firstLanes + 3),
      ...code.f64x2Add,
      ...localSet(pair),
      ...localGet(pair),
      ...code.f64x2ExtractLane,
      0,
      ...localGet(pair),
      ...code.f64x2ExtractLane,
      1,
      ...code.f64Add,
      ...localSet(sum),
      ...loopOverElements(1, length, [address], addElement),
      ...localGet(sum),
    ],
    shared,
  });
}
