import type { Communicator } from '../src/communicator.ts';
import { communicatorConformance } from '../src/testing/conformance.ts';

/** What became of a case on one rank: a checksum, or an error. */
export type CaseResult = { readonly checksum: string } | { readonly error: string };

/** Runs cases by name, one after another, until one fails. */
export async function runCases(
  communicator: Communicator,
  { names }: { readonly names: readonly string[] },
): Promise<Record<string, CaseResult>> {
  const results: Record<string, CaseResult> = {};
  for (const { name, run } of communicatorConformance([communicator.size])) {
    if (!names.includes(name)) continue;
    try {
      results[name] = { checksum: await run(communicator) };
    } catch (error) {
      results[name] = { error: String(error) };
      break;
    }
  }
  return results;
}
