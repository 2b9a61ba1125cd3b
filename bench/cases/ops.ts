import type { Benchmark } from '../benchmark.ts';
import { compare } from '../measure.ts';
import type { OperationName, OperationParameters } from '../workloads/operations.ts';
import { operationShapes } from '../workloads/operations.ts';

/** Single operations, forward alone and with their gradients. */
export const bench: Benchmark = async function* bench({ host }) {
  for (const operation of Object.keys(operationShapes) as OperationName[]) {
    for (const backward of [false, true]) {
      const parameters = (by: OperationParameters['by']): OperationParameters => ({
        operation,
        backward,
        by,
      });
      yield* await compare(host, {
        name: 'ops',
        case: `${operation}${backward ? ', with gradients' : ''}`,
        ours: { side: 'ops-tfjs', parameters: parameters('ours') },
        peers: [{ name: 'tfjs-wasm', side: 'ops-tfjs', parameters: parameters('stock') }],
        warmupMilliseconds: 200,
        turnMilliseconds: 20,
      });
    }
  }
};
