import type { Device, Operand, Slab } from '@ds/tensor';
import { createLayout } from '@ds/tensor';
import { roundState, roundToBfloat16 } from './bfloat16.ts';
import type { GoldenCase, OptimizerGolden } from './golden.ts';
import { goldenDefinition } from './golden-definition.ts';
import { differences, stateDifferences, toleranceOf } from './golden-difference.ts';

/** What to compare a device with, and how. */
export interface GoldenOptions<S extends Slab> {
  /** Which column to compare with; default `float32`. */
  readonly precision?: 'float32' | 'float64';
  /** How to read a slab's numbers; default `device.read`, which rounds to single precision. */
  readonly read?: (slab: S) => ArrayLike<number> | Promise<ArrayLike<number>>;
}

/**
 * Repeats a recorded run on a device and tells where the parameters, or at last the state, differ by more than the
 * recording's tolerance: 2e-5 relative and 2e-6 absolute in float32, 1e-10 relative in float64, and what half
 * precision allows where the recording used it.
 *
 * @returns one line per difference; none if the device passes. `undefined` when the case has no such column.
 *
 * @example
 * for (const goldenCase of golden.cases) {
 *   expect(await goldenMismatches(device, golden, goldenCase) ?? []).toEqual([]);
 * }
 */
export async function goldenMismatches<S extends Slab>(
  device: Device<S>,
  golden: OptimizerGolden,
  goldenCase: GoldenCase,
  { precision = 'float32', read = (slab) => device.read(slab) }: GoldenOptions<S> = {},
): Promise<string[] | undefined> {
  const { fp32, fp64, formula_fp64: formula, bfloat16 } = goldenCase;
  const expected = precision === 'float64' ? (fp64 ?? formula) : (fp32 ?? bfloat16);
  if (expected === undefined) return undefined;
  const { definition, gradientScale } = goldenDefinition(goldenCase);
  const tolerance = toleranceOf(goldenCase, precision);
  const problem = golden.problems[goldenCase.problem]!;
  const { shapes, init, grads } = problem;
  const layout = createLayout(shapes.map((shape, index) => ({ name: `p${index}`, shape })));
  const optimizer = definition.create({ device, layout });
  const round = bfloat16 === undefined ? Math.fround : roundToBfloat16;
  const parameters = init.map((values) => upload(device, values, round));
  const mismatches: string[] = [];
  for (const [index, gradients] of grads.entries()) {
    const step = index + 1;
    const slabs = gradients.map((values) => (values === null ? undefined : upload(device, values, round)));
    optimizer.step({
      parameter: (name): Operand<S> => parameters[Number(name.slice(1))]!,
      gradient: (name) => slabs[Number(name.slice(1))],
      gradientScale,
    });
    if (bfloat16 !== undefined) {
      for (const slab of parameters) device.write(slab, (await device.read(slab)).map(round));
    }
    if (goldenCase.options['fp32_optimizer_states'] === false) await roundState(optimizer);
    const at = expected.steps.indexOf(step);
    if (at >= 0) {
      for (const [p, slab] of parameters.entries()) {
        const wanted = expected.params[at]![p]!;
        mismatches.push(...differences(`step ${step} p${p}`, await read(slab), wanted, tolerance));
      }
    }
    for (const slab of slabs) if (slab !== undefined) device.free(slab);
  }
  if (precision === 'float32') {
    mismatches.push(...stateDifferences(goldenCase, await optimizer.stateDict()));
  }
  for (const slab of parameters) device.free(slab);
  optimizer.dispose();
  return mismatches;
}

function upload<S extends Slab>(
  device: Device<S>,
  values: readonly number[],
  round: (value: number) => number,
): S {
  const slab = device.alloc(values.length);
  device.write(slab, Float32Array.from(values, round));
  return slab;
}
