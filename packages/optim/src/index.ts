export { biasesAndNorms } from './biases-and-norms.ts';
export { clipByGlobalNorm, clipCoefficient, globalNorm, unscaleAndClip } from './clip.ts';
export { createOptimizer, optimizerDefinition, optimizerTypes } from './create-optimizer.ts';
export { adadelta } from './optimizers/adadelta.ts';
export { adafactor } from './optimizers/adafactor.ts';
export { adagrad } from './optimizers/adagrad.ts';
export { adam, adamW } from './optimizers/adam.ts';
export { adamax } from './optimizers/adamax.ts';
export { asgd } from './optimizers/asgd.ts';
export { customOptimizer } from './optimizers/custom-optimizer.ts';
export { lamb } from './optimizers/lamb.ts';
export { lars } from './optimizers/lars.ts';
export { lion } from './optimizers/lion.ts';
export { isMuonMatrix, muon } from './optimizers/muon.ts';
export { nadam } from './optimizers/nadam.ts';
export { radam } from './optimizers/radam.ts';
export { rmsprop } from './optimizers/rmsprop.ts';
export { rprop } from './optimizers/rprop.ts';
export { sgd } from './optimizers/sgd.ts';
export { addDecayedWeights } from './transforms/add-decayed-weights.ts';
export { clipByValue } from './transforms/clip-by-value.ts';
export { scaleByAdadelta } from './transforms/scale-by-adadelta.ts';
export { scaleByAdagrad } from './transforms/scale-by-adagrad.ts';
export {
  adamScalars,
  momentScalars,
  scaleByAdam,
  scaleByAdamEpsInsideSqrt,
  scaleByAmsgrad,
} from './transforms/scale-by-adam.ts';
export { scaleByAdamax } from './transforms/scale-by-adamax.ts';
export { scaleByLearningRate } from './transforms/scale-by-learning-rate.ts';
export { scaleByLion } from './transforms/scale-by-lion.ts';
export { scaleByNadam } from './transforms/scale-by-nadam.ts';
export { radamScalars, scaleByRadam } from './transforms/scale-by-radam.ts';
export { scaleByRms, scaleByStandardDeviation } from './transforms/scale-by-rms.ts';
export { scaleGradient } from './transforms/scale-gradient.ts';
export { stepByAveragedSgd } from './transforms/step-by-averaged-sgd.ts';
export { stepByRprop } from './transforms/step-by-rprop.ts';
export { momentumScalars, trace, traceNesterov } from './transforms/trace.ts';

export type { AdafactorHyperparameters } from './adafactor-method.ts';
export type { NormType, ScaledGradients } from './clip.ts';
export type { OptimizerConfig, OptimizerConfigGroup } from './create-optimizer.ts';
export type {
  GroupOptions,
  Hyperparameters,
  LiveGroup,
  OptimizerOptions,
  ParameterSelector,
} from './hyperparameters.ts';
export type { LearningRate, LearningRateSchedule } from './learning-rate.ts';
export type { MuonHyperparameters } from './muon-hyperparameters.ts';
export type { AdadeltaHyperparameters } from './optimizers/adadelta.ts';
export type { AdagradHyperparameters } from './optimizers/adagrad.ts';
export type { AdamHyperparameters } from './optimizers/adam.ts';
export type { AdamaxHyperparameters } from './optimizers/adamax.ts';
export type { AsgdHyperparameters } from './optimizers/asgd.ts';
export type { CustomOptimizer } from './optimizers/custom-optimizer.ts';
export type { LambHyperparameters } from './optimizers/lamb.ts';
export type { LarsHyperparameters } from './optimizers/lars.ts';
export type { LionHyperparameters } from './optimizers/lion.ts';
export type { NadamHyperparameters } from './optimizers/nadam.ts';
export type { RadamHyperparameters } from './optimizers/radam.ts';
export type { RmspropHyperparameters } from './optimizers/rmsprop.ts';
export type { RpropHyperparameters } from './optimizers/rprop.ts';
export type { SgdHyperparameters } from './optimizers/sgd.ts';
export type { AdamScalar, MomentScalar, Moments } from './transforms/scale-by-adam.ts';
