export { CheckpointError } from './error.ts';
export { decodeSafetensors } from './safetensors/decode-safetensors.ts';
export { encodeSafetensors, encodeSafetensorsChunks } from './safetensors/encode-safetensors.ts';

export type { CheckpointErrorFacts } from './error.ts';
export type { SafetensorsFile } from './safetensors/decode-safetensors.ts';
export type { SafetensorsArrays, SafetensorsDtype } from './safetensors/dtype.ts';
export type { SafetensorsTensor, SafetensorsTensors } from './safetensors/tensor.ts';
