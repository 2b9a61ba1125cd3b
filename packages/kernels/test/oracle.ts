import type { Rule } from '@ds/tensor';
import { float32Algebra } from '@ds/tensor';

/** Runs a rule element by element on copies of the slots, in plain float32 arithmetic, and returns the copies. */
export function runOracle(
  rule: Rule,
  slots: readonly Float32Array[],
  scalars: readonly number[],
  length: number,
): Float32Array[] {
  const results = slots.map((values) => values.slice());
  const numbers = Object.fromEntries(rule.scalars.map((name, index) => [name, Math.fround(scalars[index]!)]));
  for (let element = 0; element < length; element++) {
    const values: Record<string, number> = {};
    for (const [slot, name] of rule.slots.entries()) {
      values[name] = slots[slot]![rule.broadcast?.includes(name) ? 0 : element]!;
    }
    const changed = rule.update(float32Algebra, values, numbers);
    for (const [slot, name] of rule.slots.entries()) {
      if (changed[name] !== undefined) results[slot]![element] = changed[name];
    }
  }
  return results;
}
