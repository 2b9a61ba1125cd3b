export { createChunkRule } from './chunk-rule.ts';
export { createStagedRule } from './staged-rule.ts';
export { instantiateSumOfSquares, sumOfSquares } from './sum-of-squares.ts';
export { rewrittenSlots, traceRule } from './trace-rule.ts';
export { wasmModule } from './wasm-module.ts';
export { instantiateRule } from './wasm-rule.ts';
export { wasmSimdAvailable } from './wasm-simd-available.ts';
export { wgslParameters, wgslShader, wgslWorkgroups } from './wgsl-shader.ts';

export type { Node, Operator, Program, Store } from './program.ts';
export type { StagedRule, StagedSlot } from './staged-run.ts';
export type { WasmSumOfSquares } from './sum-of-squares.ts';
export type { WasmModuleOptions } from './wasm-module.ts';
export type { WasmRule } from './wasm-rule.ts';
export type { WgslShaderOptions } from './wgsl-shader.ts';
