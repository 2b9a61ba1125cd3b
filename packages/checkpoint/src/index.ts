export { CheckpointError } from './error.ts';
export { hasCheckpoint, listCheckpoints } from './list-checkpoints.ts';
export { loadCheckpoint } from './load-checkpoint.ts';
export { saveCheckpoint } from './save-checkpoint.ts';
export { decodeSafetensors } from './safetensors/decode-safetensors.ts';
export { encodeSafetensors, encodeSafetensorsChunks } from './safetensors/encode-safetensors.ts';
export { createFolderStorage } from './storage/create-folder-storage.ts';
export { createMemoryStorage } from './storage/create-memory-storage.ts';

export type { CheckpointErrorFacts } from './error.ts';
export type { CheckpointInfo } from './list-checkpoints.ts';
export type { LoadedCheckpoint } from './load-checkpoint.ts';
export type { SaveCheckpointOptions } from './save-checkpoint.ts';
export type { SafetensorsFile } from './safetensors/decode-safetensors.ts';
export type { SafetensorsArrays, SafetensorsDtype } from './safetensors/dtype.ts';
export type { SafetensorsTensor, SafetensorsTensors } from './safetensors/tensor.ts';
export type { CheckpointStorage } from './storage/checkpoint-storage.ts';
