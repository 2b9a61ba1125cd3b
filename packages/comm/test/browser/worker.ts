import type { CommunicatorCase } from '../../src/testing/case.ts';
import { communicatorConformance } from '../../src/testing/conformance.ts';
import { runRank } from '../../src/threads/run-rank.ts';

const lasting = ({ ends }: CommunicatorCase): boolean => !ends;

// The checksum of every case, or its error.
await runRank(async (communicator) => {
  const results: Record<string, string> = {};
  for (const { name, run } of communicatorConformance([communicator.size]).filter(lasting)) {
    results[name] = await run(communicator);
  }
  return results;
});
