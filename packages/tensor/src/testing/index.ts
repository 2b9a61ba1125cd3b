export { createArrayDevice } from './array-device.ts';
export { check, checkThrows, ConformanceError } from './check.ts';
export { deviceConformance } from './device-conformance.ts';
export { modelConformance } from './model-conformance.ts';
export { adamWRule, adamWScalars, everyOperation } from './rules.ts';
export { checkClose, ulpDistance } from './ulp.ts';

export type { ArrayDevice, ArraySlab } from './array-device.ts';
export type { ConformanceCase } from './case.ts';
export type { DeviceConformanceOptions } from './device-conformance.ts';
export type { ModelConformanceOptions, ModelSubject } from './model-conformance.ts';
