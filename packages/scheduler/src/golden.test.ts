import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createScheduler } from './create-scheduler.ts';
import { SchedulerError } from './error.ts';
import type { LRScheduler } from './lr-scheduler.ts';
import type { ParamGroup } from './optimizer.ts';
import type { SchedulerConfig } from './scheduler-config.ts';

/** One recorded case; the fixture's `meta` says where it comes from and how it was thinned. */
interface GoldenCase {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly ParamGroup[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly error: { readonly at: 'construct' | number } | null;
  readonly metrics?: readonly (number | string)[];
  readonly resume_from?: number;
  readonly trace?: {
    readonly k: readonly number[];
    readonly lr: readonly (readonly number[])[];
    readonly beta1?: readonly (readonly number[])[];
    readonly momentum?: readonly (readonly number[])[];
    readonly beta1_const?: readonly number[];
    readonly beta2_const?: readonly number[];
    readonly momentum_const?: readonly number[];
  };
}

const fixture = new URL('__fixtures__/lr_schedules.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { cases: readonly GoldenCase[] };

/** float64 on both sides; the recursions of PyTorch add up a few hundred roundings. */
const tolerance = 1e-12;

type Series = 'lr' | 'beta1';

/**
 * Where our value is not the recorded one, on purpose: docs/deviations.md has the reasons.
 * Keyed by case, series, group and k; the value is what ours is instead.
 */
const deviations = new Map<string, number>([
  // An empty second half: DeepSpeed wraps to the minimum where the peak belongs.
  ['deepspeed/OneCycle/12 lr 0 73', 0.000882861],
  ['deepspeed/OneCycle/12 beta1 0 73', 0.8],
  // Right after loading a state DeepSpeed has written nothing yet; ours is where the run stood.
  ['deepspeed/LRRangeTest/16 lr 0 0', 1.04361e-5 * (1 + 56 / 32)],
  ['deepspeed/OneCycle/18 lr 0 0', 0.000877038 + ((0.0278455 - 0.000877038) * 3) / 30],
  ['deepspeed/OneCycle/18 beta1 0 0', 0.9 - (0.1 * 3) / 30],
  ['deepspeed/WarmupLR/24 lr 0 0', 1e-5 + ((0.01 - 1e-5) * Math.log(28)) / Math.log(60)],
  ['deepspeed/WarmupDecayLR/19 lr 0 0', (0.01 * (120 - 43)) / 100],
  [
    'deepspeed/WarmupCosineLR/17 lr 0 0',
    0.000246928 * (1e-4 + ((1 - 1e-4) * (1 + Math.cos((Math.PI * 29) / 100))) / 2),
  ],
]);

/** DeepSpeed lets momentum grow past 1 in these three cases; ours stops at 0.999. */
const growingMomentum = ['deepspeed/OneCycle/4', 'deepspeed/OneCycle/11', 'deepspeed/OneCycle/14'];
const momentumCeiling = 0.999;

/** DeepSpeed overwrites the second beta with 0.99 in these; ours keeps the optimizer's. */
const overwrittenBeta2 = new Set(
  [0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18].map((index) => `deepspeed/OneCycle/${index}`),
);

/** The golden file calls a nested scheduler's type `name`. */
function toConfig({ name, params }: { readonly name: string; readonly params: unknown }): SchedulerConfig {
  const { schedulers } = params as { schedulers?: { name: string; params: unknown }[] };
  const nested =
    schedulers === undefined ? params : { ...(params as object), schedulers: schedulers.map(toConfig) };
  return { type: name, params: nested } as SchedulerConfig;
}

interface Run {
  readonly groups: readonly ParamGroup[];
  readonly scheduler: LRScheduler;
}

function build(golden: GoldenCase): Run {
  const groups = golden.groups.map((group) => ({ ...group }));
  const scheduler = createScheduler({ paramGroups: groups }, toConfig(golden));
  if (golden.resume_from !== undefined) scheduler.loadStateDict({ last_batch_iteration: golden.resume_from });
  return { groups, scheduler };
}

let worst = { error: 0, where: '' };
let compared = 0;
const deviated = new Set<string>();

function compare(where: string, actual: number, recorded: number): void {
  compared++;
  const error = Math.abs(actual - recorded) / (recorded === 0 ? Number.MIN_VALUE : Math.abs(recorded));
  if (actual !== recorded && error > worst.error) worst = { error, where };
  if (actual !== recorded && !(error <= tolerance)) {
    expect.fail(`${where}: ${actual}, recorded ${recorded}, relative error ${error}`);
  }
}

function compareAt(
  golden: GoldenCase,
  series: Series,
  group: number,
  k: number,
  actual: number,
  recorded: number,
): void {
  const where = `${golden.id} ${series} ${group} ${k}`;
  const better = deviations.get(where);
  if (better !== undefined) {
    deviated.add(where);
    if (!(Math.abs(actual / better - 1) < tolerance) || actual === recorded) {
      expect.fail(`${where}: ${actual}, recorded ${recorded}, but better is ${better}`);
    }
  } else if (series === 'beta1' && growingMomentum.includes(golden.id) && recorded > momentumCeiling) {
    deviated.add(golden.id);
    expect(actual).toBe(momentumCeiling);
  } else compare(where, actual, recorded);
}

function comparePoint(golden: GoldenCase, run: Run, position: number): void {
  const trace = golden.trace!;
  const k = trace.k[position]!;
  const lastLr = run.scheduler.getLastLr();
  for (const [index, group] of run.groups.entries()) {
    compareAt(golden, 'lr', index, k, group.lr, trace.lr[index]![position]!);
    expect(lastLr[index]).toBe(group.lr);
    if (trace.beta1 !== undefined)
      compareAt(golden, 'beta1', index, k, group.betas![0], trace.beta1[index]![position]!);
    if (trace.beta1_const !== undefined) expect(group.betas?.[0]).toBe(trace.beta1_const[index]);
    if (overwrittenBeta2.has(golden.id)) {
      expect(trace.beta2_const![index]).toBe(0.99);
      expect(group.betas![1]).toBe(golden.groups[index]!.betas![1]);
    } else if (trace.beta2_const !== undefined) expect(group.betas?.[1]).toBe(trace.beta2_const[index]);
    if (trace.momentum !== undefined) {
      compare(`${golden.id} momentum ${index} ${k}`, group.momentum!, trace.momentum[index]![position]!);
    }
    if (trace.momentum_const !== undefined) expect(group.momentum).toBe(trace.momentum_const[index]);
  }
}

/** Steps through the recorded part of a run and compares at the kept points. */
function replay(golden: GoldenCase): Run {
  const run = build(golden);
  const last = typeof golden.error?.at === 'number' ? golden.error.at - 1 : golden.steps;
  for (let k = 0; k <= last; k++) {
    if (k > 0) run.scheduler.step(golden.metrics === undefined ? undefined : Number(golden.metrics[k - 1]));
    const position = golden.trace!.k.indexOf(k);
    if (position >= 0) comparePoint(golden, run, position);
  }
  return run;
}

test('the recording is complete', () => {
  expect(cases).toHaveLength(161);
  expect(cases.filter((golden) => golden.error !== null)).toHaveLength(13);
  expect(cases.filter((golden) => golden.resume_from !== undefined)).toHaveLength(5);
});

describe('recorded PyTorch and DeepSpeed schedulers', () => {
  test.each(cases.filter((golden) => golden.error === null))('$id', (golden) => {
    replay(golden);
  });

  test.each(cases.filter((golden) => golden.error?.at === 'construct'))('$id is refused', (golden) => {
    expect(() => build(golden)).toThrow(SchedulerError);
  });

  test.each(cases.filter((golden) => typeof golden.error?.at === 'number'))(
    '$id runs, then throws',
    (golden) => {
      const { scheduler } = replay(golden);
      expect(() => scheduler.step()).toThrow(SchedulerError);
    },
  );

  test('every listed deviation was met, and all else agrees', () => {
    expect([...deviated].toSorted()).toEqual([...deviations.keys(), ...growingMomentum].toSorted());
    console.info(`${compared} recorded values, greatest relative error ${worst.error} at ${worst.where}`);
    expect(compared).toBeGreaterThan(25_000);
  });
});
