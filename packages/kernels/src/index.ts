export { attendGradientInHeap, attendInHeap } from './attention/attention.ts';
export { createChunkRule } from './chunk-rule.ts';
export { batchPairs } from './gemm/batch-pairs.ts';
export { isGemmActivation, multiplyInHeap } from './gemm/gemm.ts';
export { instantiateHeapModule, relaxedSimdAvailable } from './heap/heap-module.ts';
export { createScratch } from './heap/heap.ts';
export { createStagedRule } from './staged-rule.ts';
export { instantiateSumOfSquares, sumOfSquares } from './sum-of-squares.ts';
export { rewrittenSlots, traceRule } from './trace-rule.ts';
export { wasmModule } from './wasm-module.ts';
export { instantiateRule } from './wasm-rule.ts';
export { wasmSimdAvailable } from './wasm-simd-available.ts';
export { wgslParameters, wgslShader, wgslWorkgroups } from './wgsl-shader.ts';

export type {
  AttentionGradientOperands,
  AttentionOperands,
  AttentionSizes,
  HeadRows,
} from './attention/attention.ts';
export type { BatchPairs } from './gemm/batch-pairs.ts';
export type { GemmActivation, HeapProduct } from './gemm/gemm.ts';
export type { HeapModule, HeapModuleOptions } from './heap/heap-module.ts';
export type { OperationFunctions } from './heap/operation-functions.ts';
export type { Heap, Scratch } from './heap/heap.ts';
export type { Node, Operator, Program, Store } from './program.ts';
export type { StagedRule, StagedSlot } from './staged-run.ts';
export type { WasmSumOfSquares } from './sum-of-squares.ts';
export type { WasmModuleOptions } from './wasm-module.ts';
export type { WasmRule } from './wasm-rule.ts';
export type { WgslShaderOptions } from './wgsl-shader.ts';
