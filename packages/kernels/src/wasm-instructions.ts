import type { Operator } from './program.ts';
import { code } from './wasm-assembler.ts';

/** How WebAssembly spells a program over one number format. */
export interface Instructions extends Readonly<Record<Operator, readonly number[]>> {
  readonly load: readonly number[];
  readonly store: readonly number[];
  /** Makes the condition of `select`, which takes it last. */
  readonly greater: readonly number[];
}

/** One float32 at a time. */
export const scalarInstructions: Instructions = {
  load: code.f32Load,
  store: code.f32Store,
  add: code.f32Add,
  sub: code.f32Sub,
  mul: code.f32Mul,
  div: code.f32Div,
  sqrt: code.f32Sqrt,
  abs: code.f32Abs,
  max: code.f32Max,
  min: code.f32Min,
  greater: code.f32Gt,
  select: code.select,
};

/** Four float32 at a time, each rounded as a single one is. */
export const vectorInstructions: Instructions = {
  load: code.v128Load,
  store: code.v128Store,
  add: code.f32x4Add,
  sub: code.f32x4Sub,
  mul: code.f32x4Mul,
  div: code.f32x4Div,
  sqrt: code.f32x4Sqrt,
  abs: code.f32x4Abs,
  max: code.f32x4Max,
  min: code.f32x4Min,
  greater: code.f32x4Gt,
  select: code.v128Bitselect,
};
