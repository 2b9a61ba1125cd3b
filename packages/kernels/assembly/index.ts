// The kernels that work on a memory of their caller's: everything is an address, nothing is allocated here.
export { attend, attentionScratchBytes } from './attention';
export { attendGradient, attentionGradientScratchBytes } from './attention-gradient';
export { crossEntropy, crossEntropyGradient } from './cross-entropy';
export { gatherRows } from './gather-rows';
export { geluAll, geluGradient, reluGradient } from './gelu';
export { gemm, gemmScratchBytes } from './gemm';
export { powerAll, tanhAll } from './map';
export { normalize, normalizeGradient } from './norm';
export { segmentSum } from './segment-sum';
export { sumMiddle } from './sum';
