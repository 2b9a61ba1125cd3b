export { createDevice, deviceForBackend } from './devices/create-device.ts';
export { registerTrainingKernels } from './kernels/register-training-kernels.ts';

export type { CreateDeviceOptions } from './devices/create-device.ts';
export type { TfjsDevice } from './devices/tfjs-device.ts';
export type { TfjsSlab } from './devices/tfjs-slab.ts';
export type { TrainingKernels } from './kernels/register-training-kernels.ts';
