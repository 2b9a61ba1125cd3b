import type { Rule } from '@ds/tensor';
import { createChunkRule } from './chunk-rule.ts';
import { checkStagedRun } from './staged-run.ts';
import type { StagedRule } from './staged-run.ts';
import { traceRule } from './trace-rule.ts';
import { instantiateRule } from './wasm-rule.ts';
import { wasmSimdAvailable } from './wasm-simd-available.ts';

/** Elements per slot that are copied at a time: measured; the slots of AdamW then fit into the second-level cache. */
const chunk = 8192;

const pageBytes = 65_536;

/**
 * Prepares a rule for data in ordinary arrays.
 *
 * Where WebAssembly SIMD is there, pieces of the arrays are copied into a small private memory, run there, and the
 * rewritten ones copied back; elsewhere the rule is interpreted by `createChunkRule`. The results are the same bit
 * for bit (NaN's payload aside).
 *
 * @throws InvalidArgumentError when the rule contradicts itself (see `traceRule`).
 *
 * @example
 * const target = Float32Array.of(1, 2);
 * const source = Float32Array.of(10, 20);
 * createStagedRule(scaleInto).run([{ values: target, start: 0 }, { values: source, start: 0 }], [0.5], 2);
 * target; // 6, 12
 */
export function createStagedRule(rule: Rule): StagedRule {
  return wasmSimdAvailable() ? createStagedWasmRule(rule) : createChunkRule(rule);
}

function createStagedWasmRule(rule: Rule): StagedRule {
  const { nodes, stores } = traceRule(rule);
  const memory = new WebAssembly.Memory({ initial: Math.ceil((rule.slots.length * chunk * 4) / pageBytes) });
  const kernel = instantiateRule(rule, memory);
  const addresses = rule.slots.map((_, slot) => slot * chunk * 4);
  const stages = addresses.map((address) => new Float32Array(memory.buffer, address, chunk));
  const loads = nodes.filter((node) => node.kind === 'slot');
  return {
    run(slots, scalars, length) {
      checkStagedRun(rule, slots, scalars, length);
      for (const { index } of loads.filter((node) => node.uniform)) {
        const { values, start } = slots[index]!;
        stages[index]![0] = values[start]!;
      }
      const varying = loads.filter((node) => !node.uniform);
      for (let done = 0; done < length; done += chunk) {
        const count = Math.min(chunk, length - done);
        for (const { index } of varying) {
          const { values, start } = slots[index]!;
          stages[index]!.set(values.subarray(start + done, start + done + count));
        }
        kernel.run(addresses, scalars, count);
        for (const { slot } of stores) {
          const { values, start } = slots[slot]!;
          const stage = stages[slot]!;
          values.set(count === chunk ? stage : stage.subarray(0, count), start + done);
        }
      }
    },
  };
}
