export { assertGradientsRegistered } from './backend/assert-gradients-registered.ts';
export { completeBackend } from './backend/complete-backend.ts';
export { selectBackend } from './backend/select-backend.ts';
export { createDevice, deviceForBackend } from './devices/create-device.ts';
export { registerGradients } from './gradients/register-gradients.ts';
export { registerTrainingKernels } from './kernels/register-training-kernels.ts';
export { blocksModel } from './models/blocks-model.ts';
export { functionModel } from './models/function-model.ts';
export { layersModel } from './models/layers-model.ts';
export { toModel } from './models/to-model.ts';
export { attention, selfAttention } from './ops/attention.ts';
export { embedding } from './ops/embedding.ts';
export { gelu } from './ops/gelu.ts';
export { layerNorm } from './ops/layer-norm.ts';
export { linear } from './ops/linear.ts';
export { rmsNorm } from './ops/rms-norm.ts';
export { softmaxCrossEntropy } from './ops/softmax-cross-entropy.ts';
export { learningRateSchedule } from './train/learning-rate-schedule.ts';
export { TrainOptimizer, trainOptimizer } from './train/train-optimizer.ts';

export type { ImportModule } from './backend/attempt.ts';
export type { RejectedBackend, SelectBackendOptions, SelectedBackend } from './backend/select-backend.ts';
export type { CreateDeviceOptions } from './devices/create-device.ts';
export type { TfjsDevice } from './devices/tfjs-device.ts';
export type { TfjsSlab } from './devices/tfjs-slab.ts';
export type { TrainingKernels } from './kernels/register-training-kernels.ts';
export type { BlocksModelOptions } from './models/blocks-model.ts';
export type { ModelFunction } from './models/function-model.ts';
export type { LayerLike, LayersModelLike, LayerWeight } from './models/layer-types.ts';
export type { ModelSource } from './models/to-model.ts';
export type { AttentionOptions } from './ops/attention.ts';
export type { NormOptions } from './ops/layer-norm.ts';
export type { LinearActivation, LinearOptions } from './ops/linear.ts';
export type { CrossEntropyOptions } from './ops/softmax-cross-entropy.ts';
export type {
  LearningRateCallback,
  LearningRateScheduleOptions,
  ScheduledOptimizer,
} from './train/learning-rate-schedule.ts';
export type { NamedTensor } from './train/optimizer-weights.ts';
export type { TrainOptimizerOptions } from './train/train-optimizer.ts';
