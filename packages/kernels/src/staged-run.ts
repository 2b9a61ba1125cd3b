import type { Rule } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';

/** A slot's elements: those of `values` from `start` on. */
export interface StagedSlot {
  readonly values: Float32Array;
  readonly start: number;
}

/** A rule that runs on ordinary arrays. */
export interface StagedRule {
  /**
   * Runs the rule over `length` elements in place.
   *
   * @param slots one for each of `rule.slots`; ranges may lie in one array but must not overlap.
   * @param scalars value of each of `rule.scalars`.
   * @throws InvalidArgumentError when a slot or a scalar is missing, or a range leaves its array.
   */
  run(slots: readonly StagedSlot[], scalars: readonly number[], length: number): void;
}

/** Checks what a staged rule was given. */
export function checkStagedRun(
  rule: Rule,
  slots: readonly StagedSlot[],
  scalars: readonly number[],
  length: number,
): void {
  if (slots.length !== rule.slots.length || scalars.length !== rule.scalars.length) {
    throw new InvalidArgumentError(
      `Rule ${rule.name} needs ${rule.slots.length} slots (${rule.slots.join(', ')}) and ` +
        `${rule.scalars.length} scalars (${rule.scalars.join(', ') || 'none'}); ` +
        `got ${slots.length} and ${scalars.length}.`,
    );
  }
  for (const [index, { values, start }] of slots.entries()) {
    const name = rule.slots[index]!;
    const end = start + (rule.broadcast?.includes(name) ? 1 : length);
    if (
      !(
        Number.isInteger(start) &&
        Number.isInteger(length) &&
        start >= 0 &&
        length >= 0 &&
        end <= values.length
      )
    ) {
      throw new InvalidArgumentError(
        `Rule ${rule.name}: the range [${start}, ${end}) of slot "${name}" is not within an array of ` +
          `${values.length} elements.`,
      );
    }
  }
}
