import type { Slab } from '@ds/tensor';
import type { Counters } from './counters.ts';
import type { GradientAccumulator } from './gradient-accumulator.ts';

/** Says which gradients kept a step from being taken. Looks at every parameter: only for when it happens. */
export async function describeNonFinite<S extends Slab>(
  { globalSteps, skippedSteps }: Counters,
  gradients: GradientAccumulator<S>,
): Promise<string> {
  const names = gradients.names();
  const bad: string[] = [];
  for (const name of names) {
    const sum = await gradients.sumOfSquaresOf(name);
    if (!Number.isFinite(sum)) bad.push(`"${name}" (${Number.isNaN(sum) ? 'NaN' : 'infinite'})`);
  }
  const shown = bad.slice(0, 3).join(', ') + (bad.length > 3 ? ', ...' : '');
  const which =
    bad.length > 0
      ? `the gradients of ${bad.length} of ${names.length} parameters are not finite: ${shown}`
      : 'the gradients are too large for their norm to be computed';
  return (
    `Step ${globalSteps} was skipped: ${which}. The parameters and the learning rate stay as they were ` +
    `(${skippedSteps} of ${globalSteps} steps skipped so far).`
  );
}
