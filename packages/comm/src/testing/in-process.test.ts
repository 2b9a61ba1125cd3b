import { describe, it } from 'vitest';
import { communicatorConformance } from './conformance.ts';
import { createInProcessRanks } from './in-process.ts';

describe('in-process ranks', () => {
  it.each(communicatorConformance())('$name', async ({ ranks, run }) => {
    await Promise.all(createInProcessRanks(ranks).map(run));
  });
});
