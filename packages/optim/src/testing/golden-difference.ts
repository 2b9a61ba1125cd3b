import type { OptimizerState } from '@ds/tensor';
import type { GoldenCase } from './golden.ts';

/** How far numbers may lie apart: `|a - b| <= relative * scale + absolute`. */
interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
  /** The scale is the tensor's largest entry, not the entry itself. */
  readonly ofLargest: boolean;
}

const float32: Tolerance = { relative: 2e-5, absolute: 2e-6, ofLargest: false };

/** The tolerance of parameters: the recording's own, and what half precision allows where the recording used it. */
export function toleranceOf(
  { name, problem, bfloat16, id, options }: GoldenCase,
  precision: 'float32' | 'float64',
): Tolerance {
  const ofLargest = problem === 'wide';
  if (precision === 'float64') return { relative: 1e-10, absolute: 1e-12, ofLargest };
  if (bfloat16 !== undefined) {
    // One unit in the last of bfloat16's 8 bits, two where the state is kept in them too.
    const units = options['fp32_optimizer_states'] === false ? 2 : 1;
    return { ...float32, relative: units * 2 ** -7 };
  }
  if (name === 'Muon' && !id.endsWith('fp32')) {
    // An orthogonal update has entries of about 0.4 lr; bfloat16 leaves up to 0.05 lr of error, which adds up over the
    // run to at most 0.28 lr (float16: 0.04 lr).
    return { relative: 0, absolute: 0.3 * Number(options['lr'] ?? 1e-3), ofLargest };
  }
  return { ...float32, ofLargest };
}

/** The tolerance of state, which depends on gradients alone where the parameters' is looser. */
function stateToleranceOf({ problem, options }: GoldenCase): Tolerance {
  // Means that are rounded to bfloat16 at each of 25 steps.
  if (options['fp32_optimizer_states'] === false) return { relative: 2 ** -6, absolute: 0, ofLargest: true };
  return { ...float32, ofLargest: problem === 'wide' };
}

/** One line per element that differs by more than the tolerance, the worst one first. */
export function differences(
  label: string,
  given: ArrayLike<number>,
  wanted: readonly number[],
  { relative, absolute, ofLargest }: Tolerance,
): string[] {
  const largest = Math.max(...wanted.map(Math.abs));
  return wanted.flatMap((value, index) => {
    const distance = Math.abs(given[index]! - value);
    const allowed = relative * (ofLargest ? largest : Math.abs(value)) + absolute;
    if (distance <= allowed) return [];
    return [
      `${label}[${index}]: ${given[index]}, expected ${value} (${(distance / allowed).toPrecision(3)} x allowed)`,
    ];
  });
}

/** Names of state in DeepSpeed's recordings that are called otherwise here, or not kept. */
const renamed: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  CPUAdagrad: { exp_avg_sq: 'sum' },
  // Allocated by DeepSpeed and never used.
  CPULion: { exp_avg_sq: undefined },
  // Functions of the step count.
  ASGD: { eta: undefined, mu: undefined },
};

/** Compares an optimizer's final state with the recorded one. */
export function stateDifferences(goldenCase: GoldenCase, { parameters }: OptimizerState): string[] {
  const { name, state = {} } = goldenCase;
  const tolerance = stateToleranceOf(goldenCase);
  return Object.entries(state).flatMap(([position, recorded]) =>
    Object.entries(recorded).flatMap(([key, value]) => {
      const names = renamed[name] ?? {};
      const own = key in names ? names[key] : key;
      if (own === undefined) return [];
      const { scalars, tensors } = parameters[`p${position}`]!;
      const wanted = typeof value === 'number' ? [value] : value;
      const given = own in scalars ? [scalars[own]!] : (tensors[own] ?? []);
      return differences(`state ${own} p${position}`, given, wanted, tolerance);
    }),
  );
}
