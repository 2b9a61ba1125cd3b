import { communicatorConformance } from '../src/testing/conformance.ts';
import type { CommunicatorCase } from '../src/testing/case.ts';
import { createInProcessRanks } from '../src/testing/in-process.ts';

const known = new Map<string, readonly string[]>();

/** What the ranks of one thread get in a case, which every transport must repeat to the bit. */
export async function expectedChecksums({ name, ranks, run }: CommunicatorCase): Promise<readonly string[]> {
  let checksums = known.get(name);
  if (checksums === undefined) {
    checksums = await Promise.all(createInProcessRanks(ranks).map(run));
    known.set(name, checksums);
  }
  return checksums;
}

/** All cases, in runs that each need a world of their own. */
export function conformanceRuns(sizes?: readonly number[]): readonly (readonly CommunicatorCase[])[] {
  const cases = communicatorConformance(sizes);
  const numbers = [...new Set(cases.map(({ ranks }) => ranks))];
  const lasting = numbers.map((number) => cases.filter(({ ranks, ends }) => ranks === number && !ends));
  return [...lasting, ...cases.filter(({ ends }) => ends).map((each) => [each])];
}
