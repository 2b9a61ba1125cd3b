import type { Rule } from '@ds/tensor';
import type { Operator } from './program.ts';
import { checkStagedRun } from './staged-run.ts';
import type { StagedRule } from './staged-run.ts';
import { traceRule } from './trace-rule.ts';

/** Elements per intermediate result: few enough that a whole program's results stay in the cache. */
const chunk = 1024;

type Operation = (
  target: Float32Array,
  count: number,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
) => void;

/** One plain loop per operation; storing to a Float32Array rounds as `float32Algebra` does. */
const operations: Readonly<Record<Operator, Operation>> = {
  add(target, count, a, b) {
    for (let i = 0; i < count; i++) target[i] = a[i]! + b[i]!;
  },
  sub(target, count, a, b) {
    for (let i = 0; i < count; i++) target[i] = a[i]! - b[i]!;
  },
  mul(target, count, a, b) {
    for (let i = 0; i < count; i++) target[i] = a[i]! * b[i]!;
  },
  div(target, count, a, b) {
    for (let i = 0; i < count; i++) target[i] = a[i]! / b[i]!;
  },
  sqrt(target, count, a) {
    for (let i = 0; i < count; i++) target[i] = Math.sqrt(a[i]!);
  },
  abs(target, count, a) {
    for (let i = 0; i < count; i++) target[i] = Math.abs(a[i]!);
  },
  max(target, count, a, b) {
    for (let i = 0; i < count; i++) target[i] = Math.max(a[i]!, b[i]!);
  },
  min(target, count, a, b) {
    for (let i = 0; i < count; i++) target[i] = Math.min(a[i]!, b[i]!);
  },
  select(target, count, condition, positive, otherwise) {
    for (let i = 0; i < count; i++) target[i] = condition[i]! > 0 ? positive[i]! : otherwise[i]!;
  },
};

/**
 * Prepares a rule for data in ordinary arrays, without WebAssembly and without generating code.
 *
 * The rule is interpreted, but one operation over many elements at a time, so the interpretation costs little.
 * `createStagedRule` is several times faster where there is SIMD.
 *
 * @throws InvalidArgumentError when the rule contradicts itself (see `traceRule`).
 *
 * @example
 * const target = Float32Array.of(1, 2);
 * const source = Float32Array.of(10, 20);
 * createChunkRule(scaleInto).run([{ values: target, start: 0 }, { values: source, start: 0 }], [0.5], 2);
 * target; // 6, 12
 */
export function createChunkRule(rule: Rule): StagedRule {
  const { nodes, stores } = traceRule(rule);
  const registers = nodes.map(() => new Float32Array(chunk));
  const steps = nodes
    .filter((node) => node.kind === 'operation')
    .map(({ operator, operands, id, uniform }) => {
      const [a, b = a, c = a] = operands.map((operand) => registers[operand.id]!);
      const operation = operations[operator];
      return { uniform, run: (count: number) => operation(registers[id]!, count, a!, b!, c!) };
    });
  const uniformSteps = steps.filter((step) => step.uniform);
  const varyingSteps = steps.filter((step) => !step.uniform);
  const varyingLoads = nodes.filter((node) => node.kind === 'slot').filter((node) => !node.uniform);
  return {
    run(slots, scalars, length) {
      checkStagedRun(rule, slots, scalars, length);
      const longest = Math.min(chunk, length);
      for (const node of nodes) {
        const register = registers[node.id]!;
        if (node.kind === 'constant') register.fill(node.value, 0, longest);
        else if (node.kind === 'scalar') register.fill(scalars[node.index]!, 0, longest);
        else if (node.kind === 'slot' && node.uniform) {
          const { values, start } = slots[node.index]!;
          register.fill(values[start]!, 0, longest);
        }
      }
      for (const step of uniformSteps) step.run(longest);
      for (let done = 0; done < length; done += chunk) {
        const count = Math.min(chunk, length - done);
        for (const { id, index } of varyingLoads) {
          const { values, start } = slots[index]!;
          registers[id]!.set(values.subarray(start + done, start + done + count));
        }
        for (const step of varyingSteps) step.run(count);
        for (const { slot, value } of stores) {
          const { values, start } = slots[slot]!;
          values.set(registers[value.id]!.subarray(0, count), start + done);
        }
      }
    },
  };
}
