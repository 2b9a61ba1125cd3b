import { instantiateRule, wasmSimdAvailable } from '@ds/kernels';
import type { Rule } from '@ds/tensor';
import { float32Algebra } from '@ds/tensor';
import type { Operation } from './call.ts';
import type { Format } from './format.ts';
import { elementBytes } from './format.ts';
import { narrow, widen } from './half.ts';
import { combineRules, divideRule } from './reduction-rules.ts';

/** Combines what ranks contribute, rank 0 first. */
export interface Reducer {
  /**
   * Puts the combination of the parts, in their order, into `target`, which may be one of them.
   *
   * 16-bit floats are combined in float32 and rounded once; int32 sums wrap around.
   */
  reduce(parts: readonly Uint8Array[], target: Uint8Array, format: Format, operation: Operation): void;
}

/** Elements at a time: two runs of this many float32 stay in the second-level cache. */
const pieceElements = 16_384;

/** Creates a reducer with scratch memory of its own (128 KiB): WebAssembly SIMD where there is any. */
export function createReducer(): Reducer {
  const memory = new WebAssembly.Memory({ initial: (2 * 4 * pieceElements) / 65_536 });
  const accumulator = new Float32Array(memory.buffer, 0, pieceElements);
  const operand = new Float32Array(memory.buffer, 4 * pieceElements, pieceElements);
  const run = createRuns(memory, accumulator, operand);

  const reducePiece = (
    parts: readonly Uint8Array[],
    target: Uint8Array,
    format: Exclude<Format, 'int32' | 'bytes'>,
    operation: Operation,
  ): void => {
    const length = target.byteLength / elementBytes[format];
    for (const [index, part] of parts.entries()) {
      const into = index === 0 ? accumulator : operand;
      if (format === 'float32') bytesUnder(into, length).set(part);
      else widen(wordsOf(part), into, format, length);
      if (index > 0) run(combineRules[operation], length, []);
    }
    if (operation === 'mean') run(divideRule, length, [parts.length]);
    if (format === 'float32') target.set(bytesUnder(accumulator, length));
    else narrow(accumulator, wordsOf(target), format, length);
  };

  return {
    reduce(parts, target, format, operation) {
      if (format === 'int32') return reduceInt32(parts, target, operation);
      if (format === 'bytes') return;
      const pieceBytes = pieceElements * elementBytes[format];
      for (let at = 0; at < target.length; at += pieceBytes) {
        const end = Math.min(at + pieceBytes, target.length);
        const pieces = parts.map((part) => part.subarray(at, end));
        reducePiece(pieces, target.subarray(at, end), format, operation);
      }
    },
  };
}

type Run = (rule: Rule, length: number, scalars: readonly number[]) => void;

/** Runs rules over the two scratch arrays: as SIMD, or element by element with the same bits. */
function createRuns(memory: WebAssembly.Memory, target: Float32Array, source: Float32Array): Run {
  if (!wasmSimdAvailable()) {
    return (rule, length, scalars) => {
      const named = Object.fromEntries(rule.scalars.map((name, index) => [name, scalars[index]!]));
      for (let index = 0; index < length; index++) {
        const slots = { target: target[index]!, first: target[index]!, second: source[index]! };
        target[index] = rule.update(float32Algebra, slots, named)['target']!;
      }
    };
  }
  const compiled = new Map<Rule, ReturnType<typeof instantiateRule>>();
  return (rule, length, scalars) => {
    let kernel = compiled.get(rule);
    if (kernel === undefined) compiled.set(rule, (kernel = instantiateRule(rule, memory)));
    const addresses = [target.byteOffset, target.byteOffset, source.byteOffset];
    kernel.run(addresses.slice(0, rule.slots.length), scalars, length);
  };
}

function reduceInt32(parts: readonly Uint8Array[], target: Uint8Array, operation: Operation): void {
  const [first, ...others] = parts.map(integersOf);
  const result = Int32Array.from(first!);
  for (const other of others) {
    if (operation === 'sum')
      for (let index = 0; index < result.length; index++) result[index]! += other[index]!;
    if (operation === 'max')
      result.forEach((value, index) => (result[index] = Math.max(value, other[index]!)));
    if (operation === 'min')
      result.forEach((value, index) => (result[index] = Math.min(value, other[index]!)));
  }
  integersOf(target).set(result);
}

function bytesUnder(values: Float32Array, length: number): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, 4 * length);
}

function wordsOf(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

function integersOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
