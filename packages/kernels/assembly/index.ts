// The kernels that work on a memory of their caller's: everything is an address, nothing is allocated here.
export { gemm, gemmScratchBytes } from './gemm';
export { powerAll, tanhAll } from './map';
export { segmentSum } from './segment-sum';
export { sumMiddle } from './sum';
