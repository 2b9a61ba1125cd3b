import { readFileSync } from 'node:fs';
import { updateRule } from '@ds/tensor';
import type { ArraySlab } from '@ds/tensor/testing';
import { createArrayDevice } from '@ds/tensor/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clipByGlobalNorm, clipCoefficient, globalNorm, unscaleAndClip } from './clip.ts';
import { gradientRule } from './gradient-rule.ts';
import { clipByValue } from './transforms/clip-by-value.ts';

/** JSON has no Infinity and no NaN. */
type Number64 = number | 'Infinity' | '-Infinity' | 'NaN';
type Gradients = readonly (readonly Number64[] | null)[];

interface ClipCase {
  readonly id: string;
  readonly fn: string;
  readonly input: number;
  readonly args: {
    readonly max_norm?: number;
    readonly norm_type?: number | 'inf';
    readonly clip_value?: number;
    readonly clip_grad?: number;
    readonly loss_scale?: number;
  };
  readonly total_norm: Number64 | null;
  readonly combined_scale?: number;
  readonly grads?: Gradients;
}

const golden = JSON.parse(readFileSync(new URL('__fixtures__/clip.json', import.meta.url), 'utf8')) as {
  inputs: readonly { readonly grads: Gradients }[];
  cases: readonly ClipCase[];
};

const tolerance = 1e-5;
const flatten = (gradients: Gradients): number[] =>
  gradients.flatMap((values) => (values === null ? [] : values.map(Number)));

function upload(gradients: Gradients): { device: ReturnType<typeof createArrayDevice>; slabs: ArraySlab[] } {
  const device = createArrayDevice();
  const slabs = gradients.flatMap((values) => {
    if (values === null) return [];
    const slab = device.alloc(values.length);
    slab.values.set(values.map(Number));
    return [slab];
  });
  return { device, slabs };
}

function expectClose(given: readonly number[], wanted: readonly number[]): void {
  expect(given).toHaveLength(wanted.length);
  const differs = (value: number, index: number): boolean =>
    Number.isFinite(value)
      ? !(Math.abs(given[index]! - value) <= tolerance * Math.abs(value))
      : !Object.is(given[index], value);
  expect(wanted.filter(differs)).toEqual([]);
}

/** Recorded results that come of taking an infinite norm for -1: here the norm is what it is. */
const recordsMinusOne = ({ fn, total_norm: norm }: ClipCase): boolean =>
  norm === -1 && (fn.includes('global_norm_of_tensors') || fn.includes('clip_tensors_by_global_norm'));

/** Recorded results that come of cubes beyond float32: here sums are float64. */
const overflows = ({ input, args }: ClipCase): boolean => input === 5 && args.norm_type === 3;

test('all 227 recorded cases are there', () => {
  expect(golden.cases).toHaveLength(227);
  expect(golden.cases.filter(overflows)).toHaveLength(3);
  expect(golden.cases.filter((recorded) => recordsMinusOne(recorded) && !overflows(recorded))).toHaveLength(
    10,
  );
});

describe('as recorded', () => {
  test.each(golden.cases.filter((recorded) => !recordsMinusOne(recorded) && !overflows(recorded)))(
    '$id',
    async (recorded) => {
      const { args, fn } = recorded;
      const { device, slabs } = upload(golden.inputs[recorded.input]!.grads);
      const normType = args.norm_type === 'inf' ? Infinity : (args.norm_type ?? 2);
      if (recorded.total_norm !== null) {
        const norm = await globalNorm(device, slabs, { normType });
        expectClose([norm], [Number(recorded.total_norm)]);
      }
      if (recorded.grads === undefined) return;
      if (fn === 'torch.clip_grad_value_') {
        const step = device.compile(gradientRule(clipByValue));
        for (const slab of slabs) {
          const parameter = device.alloc(slab.length);
          step.run({ gradient: slab, parameter }, { clipValue: args.clip_value! });
        }
      } else if (fn === 'deepspeed.zero_unscale_and_clip') {
        const norm = await globalNorm(device, slabs);
        const factor = unscaleAndClip({ norm, lossScale: args.loss_scale!, maxNorm: args.clip_grad! });
        expectClose([1 / factor], [recorded.combined_scale!]);
        for (const slab of slabs) slab.values.set(slab.values.map((value) => value * factor));
      } else {
        const norm = await clipByGlobalNorm(device, slabs, args.max_norm!, { normType });
        expectClose([norm], [Number(recorded.total_norm)]);
      }
      expectClose(
        slabs.flatMap((slab) => Array.from(slab.values)),
        flatten(recorded.grads),
      );
    },
  );
});

test.each(golden.cases.filter(overflows))('$id: the norm is finite', async (recorded) => {
  const { grads } = golden.inputs[recorded.input]!;
  const { device, slabs } = upload(grads);
  const values = flatten(grads).map(Math.abs);
  const largest = Math.max(...values);
  const expected = largest * values.reduce((sum, x) => sum + (x / largest) ** 3, 0) ** (1 / 3);
  expectClose([await globalNorm(device, slabs, { normType: 3 })], [expected]);
});

test.each(golden.cases.filter((recorded) => recordsMinusOne(recorded) && !overflows(recorded)))(
  '$id: the norm is not finite, and not -1',
  async (recorded) => {
    const { device, slabs } = upload(golden.inputs[recorded.input]!.grads);
    const normType = recorded.args.norm_type === 'inf' ? Infinity : (recorded.args.norm_type ?? 2);
    const norm = await globalNorm(device, slabs, { normType });
    expect(norm).toBe(recorded.input === 9 ? Infinity : Number.NaN);
  },
);

test('clipping leaves a norm of at most the bound', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      async (values, maxNorm) => {
        const { device, slabs } = upload([values]);
        await clipByGlobalNorm(device, slabs, maxNorm);
        expect(await globalNorm(device, slabs)).toBeLessThanOrEqual(maxNorm * (1 + 1e-6));
      },
    ),
  );
});

test('bounds and norm types that make no sense are errors', async () => {
  const { device, slabs } = upload([[1]]);
  expect(() => clipCoefficient(1, 0)).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: The largest norm allowed must be above 0; got 0. Not to clip, leave clipping out.]`,
  );
  expect(() => clipCoefficient(1, Number.NaN)).toThrow('got NaN');
  await expect(globalNorm(device, slabs, { normType: 0 })).rejects.toThrow('got 0');
});

test('clipping leaves no slab behind', async () => {
  const { device, slabs } = upload([[3], [4]]);
  expect(await clipByGlobalNorm(device, slabs, 1)).toBe(5);
  expect(device.memory().slabs).toBe(2);
});

test('a value is clipped as part of an update', () => {
  const device = createArrayDevice();
  const [parameter, gradient] = [device.alloc(3), device.alloc(3)];
  gradient.values.set([5, -5, 0.5]);
  device.compile(updateRule(clipByValue)).run({ parameter, gradient }, { clipValue: 1 });
  expect([...parameter.values]).toEqual([1, -1, 0.5]);
});
