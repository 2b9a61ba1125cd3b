export { ConformanceError } from './check-bits.ts';
export { communicatorConformance } from './conformance.ts';
export { createInProcessRanks } from './in-process.ts';

export type { CommunicatorCase } from './case.ts';
