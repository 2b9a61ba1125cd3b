// Runs the cases of `communicatorConformance` that are asked for, all in one thread's communicator.
import { runRank } from '../src/threads/run-rank.ts';
import { runCases } from './run-cases.ts';

await runRank(runCases);
