import { describe, it } from 'vitest';
import { createArrayDevice } from './array-device.ts';
import { deviceConformance } from './device-conformance.ts';

describe('the reference device', () => {
  for (const { name, run } of deviceConformance(async () => createArrayDevice())) it(name, run);
});
