export { float32Algebra, float64Algebra } from './algebra.ts';
export { chain } from './chain.ts';
export {
  DsError,
  InvalidArgumentError,
  InvalidStateError,
  nearestName,
  UnavailableError,
  UnknownNameError,
} from './error.ts';
export { constantInitializer, glorotUniform, normal, ones, uniform, zeros } from './initializer.ts';
export { createLayout, sizeOf } from './layout.ts';
export { createRandom } from './random.ts';
export { bindOperands, checkRange } from './range.ts';
export { resolveOperand } from './slab.ts';
export { updateRule } from './transform.ts';

export type { Algebra } from './algebra.ts';
export type { Block, ParameterSpec } from './block.ts';
export type { CopyRange, Device, DeviceMemory, MatrixProduct, Step } from './device.ts';
export type { Initializer } from './initializer.ts';
export type { Layout, LayoutEntry } from './layout.ts';
export type { BackwardOptions, BlockInfo, Model, ParameterGradient } from './model.ts';
export type {
  Optimizer,
  OptimizerDefinition,
  OptimizerInput,
  OptimizerState,
  OptimizerTarget,
  ParameterGroup,
} from './optimizer.ts';
export type { Random, RandomState } from './random.ts';
export type { BoundOperands } from './range.ts';
export type { Rule } from './rule.ts';
export type { Operand, Slab, SlabDtype } from './slab.ts';
export type { Transform, TransformContext, UpdateSlot } from './transform.ts';
