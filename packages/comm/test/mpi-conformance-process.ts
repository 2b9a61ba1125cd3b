// Runs cases in this process, a rank of MPI: node mpi-conformance-process.ts NAMES FOLDER
import { writeFileSync } from 'node:fs';
import { joinMpi } from '../src/mpi/join-mpi.ts';
import { runCases } from './run-cases.ts';

const [, , names, folder] = process.argv;
const communicator = await joinMpi();
const results = await runCases(communicator, { names: JSON.parse(names!) as string[] });
writeFileSync(`${folder}/${communicator.rank}`, JSON.stringify(results));
await communicator.close();
