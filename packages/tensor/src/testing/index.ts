export { createArrayDevice } from './array-device.ts';

export type { ArrayDevice, ArraySlab } from './array-device.ts';
