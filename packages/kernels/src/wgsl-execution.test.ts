import type { Rule } from '@ds/tensor';
import { adamWRule, adamWScalars, checkClose, everyOperation } from '@ds/tensor/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGpu } from '../test/gpu.ts';
import type { Gpu } from '../test/gpu.ts';
import { ordinaryNumbers, specialNumbers } from '../test/numbers.ts';
import { runOracle } from '../test/oracle.ts';
import { allOperations, ruleOf } from '../test/rules.ts';

/** Each division and square root may be off by 2.5 ulp in WGSL. */
const allowedUlps = 4;

const adamWNumbers = Object.values(adamWScalars(3));

let gpu: Gpu | undefined;

beforeAll(async () => {
  gpu = await openGpu();
  console.log(`WebGPU adapter: ${gpu?.description ?? 'none'}`);
});

afterAll(() => {
  gpu?.destroy();
  gpu = undefined;
});

/** The GPU; skips the test where there is none. */
function gpuOrSkip(skip: (reason: string) => never): Gpu {
  if (gpu !== undefined) return gpu;
  const reason = 'Skipped: no WebGPU adapter. Install a Vulkan driver, or chromium for its software one.';
  console.log(reason);
  return skip(reason);
}

function check(actual: readonly Float32Array[], expected: readonly Float32Array[], ulps: number): void {
  for (const slot of expected.keys()) checkClose(`slot ${slot}`, actual[slot]!, expected[slot]!, ulps);
}

test.for([0, 1, 3, 4, 5, 1023, 1_000_000])('AdamW over %i elements', async (length, { skip }) => {
  const device = gpuOrSkip(skip);
  const slots = [1, 2, 3, 4].map((seed) => ordinaryNumbers(length + 5, seed));
  slots[3] = slots[3]!.map(Math.abs);
  const actual = await device.run(adamWRule, slots, adamWNumbers, length);
  check(actual, runOracle(adamWRule, slots, adamWNumbers, length), allowedUlps);
});

test.for(allOperations)('%s', async (operation, { skip }) => {
  const device = gpuOrSkip(skip);
  const rule = ruleOf(operation);
  // WGSL promises nothing for NaN and infinities, and lets devices take subnormal numbers for zero.
  const normal = (value: number): boolean =>
    value === 0 || (Math.abs(value) >= 2 ** -126 && Number.isFinite(value));
  const inputs = specialNumbers.filter((value) => normal(value) && Math.abs(value) <= 2 ** 126);
  const all = inputs.flatMap((a) => inputs.flatMap((b) => inputs.map((c) => [a, b, c] as const)));
  const columns = (triples: readonly (readonly number[])[]): Float32Array[] => {
    const [a, b, c] = [0, 1, 2].map((index) => Float32Array.from(triples, (triple) => triple[index]!));
    return [a!, new Float32Array(triples.length), b!, c!];
  };
  const results = runOracle(rule, columns(all), [], all.length)[1]!;
  const slots = columns(all.filter((_, index) => normal(results[index]!)));
  const length = slots[0]!.length;
  expect(length).toBeGreaterThan(1000);
  check(await device.run(rule, slots, [], length), runOracle(rule, slots, [], length), allowedUlps);
});

test('broadcast slots, starts within a buffer, and what lies around', async ({ skip }) => {
  const device = gpuOrSkip(skip);
  const buffers = [1, 2, 3, 4].map((seed) => ordinaryNumbers(40, seed));
  const [start, length] = [7, 20];
  const ranges = buffers.map((values) => values.subarray(start, start + length));
  const expected = buffers.map((values) => values.slice());
  for (const [slot, values] of runOracle(everyOperation, ranges, [0.25], length).entries()) {
    expected[slot]!.set(values, start);
  }
  check(await device.run(everyOperation, buffers, [0.25], length, { start }), expected, allowedUlps);
});

test('more workgroups than one dimension holds', async ({ skip }) => {
  const device = gpuOrSkip(skip);
  const slots = [1, 2, 3, 4].map((seed) => ordinaryNumbers(70_001, seed));
  const actual = await device.run(everyOperation, slots, [0.25], 70_000, { workgroupSize: 1 });
  check(actual, runOracle(everyOperation, slots, [0.25], 70_000), allowedUlps);
});

test('constants arrive exactly', async ({ skip }) => {
  const device = gpuOrSkip(skip);
  const constants = [0, 3, -2.5, 0.1, 1e-8, 16777217, 2 ** -126, 3.4028234663852886e38].map(Math.fround);
  const names = constants.map((_, index) => `constant ${index}`);
  const rule: Rule = {
    name: 'constants',
    slots: names,
    scalars: [],
    update: ({ constant }) =>
      Object.fromEntries(names.map((name, index) => [name, constant(constants[index]!)])),
  };
  const actual = await device.run(
    rule,
    names.map(() => new Float32Array(4)),
    [],
    4,
  );
  expect(actual.map((values) => values[3])).toEqual(constants);
});

test('slots that the rule does not use keep their bindings', async ({ skip }) => {
  const device = gpuOrSkip(skip);
  const rule: Rule = { ...ruleOf('abs'), name: 'unused' };
  const slots = [Float32Array.of(-3), Float32Array.of(0), Float32Array.of(1), Float32Array.of(2)];
  check(await device.run(rule, slots, [], 1), [slots[0]!, Float32Array.of(3), slots[2]!, slots[3]!], 0);
});

test('more slots than WebGPU promises storage buffers', async ({ skip }) => {
  const device = gpuOrSkip(skip);
  const names = Array.from({ length: 10 }, (_, index) => `slot ${index}`);
  const rule: Rule = {
    name: 'sum',
    slots: names,
    scalars: [],
    update({ add, constant }, slots) {
      let sum = constant(0);
      for (const name of names) sum = add(sum, slots[name]!);
      return { [names[0]!]: sum };
    },
  };
  const slots = names.map((_, seed) => ordinaryNumbers(100, seed).map(Math.abs));
  check(await device.run(rule, slots, [], 100), runOracle(rule, slots, [], 100), allowedUlps);
});
