import type { Device } from '../device.ts';
import { InvalidArgumentError } from '../error.ts';
import { createRandom } from '../random.ts';
import type { Rule } from '../rule.ts';
import type { Slab } from '../slab.ts';
import { createArrayDevice } from './array-device.ts';
import type { ConformanceCase } from './case.ts';
import { check, checkThrows } from './check.ts';
import { adamWRule, adamWScalars, everyOperation } from './rules.ts';
import { checkClose } from './ulp.ts';

/** How strictly a device is checked. */
export interface DeviceConformanceOptions {
  /** How far a rule's result may lie from the float32 oracle. Default 0: exact. */
  readonly ulps?: number;
  /** Lengths at which rules are tried; default includes one million. */
  readonly lengths?: readonly number[];
}

const invalid = (error: unknown): boolean => InvalidArgumentError.isInstance(error);

/**
 * Everything that `Device` promises, as cases for any test runner.
 *
 * @param create makes (or returns) the device; called once per case. Each case frees what it allocates.
 *
 * @example
 * for (const { name, run } of deviceConformance(async () => createArrayDevice())) it(name, run);
 */
export function deviceConformance<S extends Slab>(
  create: () => Promise<Device<S>>,
  { ulps = 0, lengths = [0, 1, 3, 4, 5, 1023, 1_000_000] }: DeviceConformanceOptions = {},
): readonly ConformanceCase[] {
  const withDevice = (name: string, body: (device: Device<S>) => Promise<void>): ConformanceCase => ({
    name,
    async run() {
      const device = await create();
      const before = device.memory();
      await body(device);
      const after = device.memory();
      check(
        after.slabs === before.slabs && after.bytes === before.bytes,
        `The case left ${after.slabs - before.slabs} slabs and ${after.bytes - before.bytes} bytes behind.`,
      );
    },
  });

  const ruleCase = <Slot extends string, Scalar extends string>(
    rule: Rule<Slot, Scalar>,
    scalars: Record<Scalar, number>,
    length: number,
  ): ConformanceCase =>
    withDevice(`rule ${rule.name} over ${length} elements equals the oracle`, async (device) => {
      await compareRule(device, rule, scalars, length, ulps);
    });

  return [
    withDevice('alloc gives zeros', async (device) => {
      for (const length of [0, 1, 5, 1023]) {
        const dirty = device.alloc(length);
        device.write(dirty, new Float32Array(length).fill(7));
        device.free(dirty);
        const slab = device.alloc(length);
        checkClose('fresh slab', await device.read(slab), new Float32Array(length), 0);
        check(slab.length === length && slab.dtype === 'float32', 'A slab must tell its length and dtype.');
        device.free(slab);
      }
    }),
    withDevice('memory counts slabs and bytes', async (device) => {
      const before = device.memory();
      const slab = device.alloc(1000);
      const now = device.memory();
      check(now.slabs === before.slabs + 1, 'memory().slabs must grow by one.');
      check(now.bytes - before.bytes >= 4000, 'memory().bytes must grow by at least 4 per element.');
      device.free(slab);
    }),
    withDevice('write and read ranges', async (device) => {
      const slab = device.alloc(6);
      const data = Float32Array.of(1, -2, 1e-40);
      device.write(slab, data, 2);
      data.fill(9);
      checkClose('whole', await device.read(slab), [0, 0, 1, -2, Math.fround(1e-40), 0], 0);
      checkClose('range', await device.read(slab, 3, 5), [-2, Math.fround(1e-40)], 0);
      checkClose('empty range', await device.read(slab, 6, 6), [], 0);
      device.write(slab, new Float32Array(0), 6);
      device.free(slab);
    }),
    withDevice('a read does not see later writes', async (device) => {
      const slab = device.alloc(2);
      device.write(slab, Float32Array.of(1, 2));
      const reading = device.read(slab);
      device.write(slab, Float32Array.of(3, 4));
      checkClose('read', await reading, [1, 2], 0);
      device.free(slab);
    }),
    withDevice('copy between slabs and within one', async (device) => {
      const source = device.alloc(5);
      const target = device.alloc(7);
      device.write(source, Float32Array.of(1, 2, 3, 4, 5));
      device.copy(target, source);
      device.copy(target, source, { from: 3, to: 5 });
      checkClose('target', await device.read(target), [1, 2, 3, 4, 5, 4, 5], 0);
      device.copy(source, source, { from: 0, to: 3, length: 2 });
      checkClose('within', await device.read(source), [1, 2, 3, 1, 2], 0);
      await checkThrows(
        'overlapping copy',
        () => device.copy(source, source, { from: 0, to: 1, length: 3 }),
        invalid,
      );
      await checkThrows('copy past the end', () => device.copy(target, source, { to: 3 }), invalid);
      device.free(source);
      device.free(target);
    }),
    withDevice('ranges outside a slab and freed slabs are errors', async (device) => {
      const slab = device.alloc(3);
      await checkThrows('alloc(-1)', () => device.alloc(-1), invalid);
      await checkThrows('alloc(1.5)', () => device.alloc(1.5), invalid);
      await checkThrows('write past the end', () => device.write(slab, new Float32Array(2), 2), invalid);
      await checkThrows('read past the end', () => device.read(slab, 0, 4), invalid);
      await checkThrows('sumOfSquares past the end', () => device.sumOfSquares(slab, 2, 5), invalid);
      device.free(slab);
      await checkThrows('free twice', () => device.free(slab), invalid);
      await checkThrows('write after free', () => device.write(slab, new Float32Array(1)), invalid);
      await checkThrows('read after free', () => device.read(slab), invalid);
    }),
    withDevice('sumOfSquares of ranges, and of what is not finite', async (device) => {
      const slab = device.alloc(1000);
      const random = createRandom(5);
      const data = Float32Array.from({ length: 1000 }, () => random.normal());
      device.write(slab, data);
      const expected = (from: number, to: number): number =>
        data.subarray(from, to).reduce((sum, value) => sum + value * value, 0);
      for (const [from, to] of [
        [0, 1000],
        [1, 1000],
        [3, 8],
        [500, 500],
        [999, 1000],
      ] as const) {
        const sum = await device.sumOfSquares(slab, from, to);
        const wanted = expected(from, to);
        check(
          Math.abs(sum - wanted) <= 1e-5 * wanted,
          `sum over [${from}, ${to}) is ${sum}, expected ${wanted}.`,
        );
      }
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        for (const at of [0, 3, 998, 999]) {
          device.write(slab, data);
          device.write(slab, Float32Array.of(value), at);
          check(!Number.isFinite(await device.sumOfSquares(slab)), `${value} at ${at} must show in the sum.`);
        }
      }
      device.free(slab);
    }),
    withDevice('writeSumOfSquares leaves its result on the device', async (device) => {
      const source = device.alloc(10);
      const target = device.alloc(3);
      device.write(source, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
      device.writeSumOfSquares({ slab: target, start: 1 }, { slab: source, start: 2 }, 3);
      checkClose('target', await device.read(target), [0, 9 + 16 + 25, 0], ulps);
      device.writeSumOfSquares(target, source, 0);
      checkClose('empty', await device.read(target), [0, 50, 0], ulps);
      device.free(source);
      device.free(target);
    }),
    withDevice('multiply: transposes, ranges, alpha and beta', multiplyCase),
    withDevice('calls take effect in program order', async (device) => {
      const slab = device.alloc(4);
      const other = device.alloc(4);
      const { step, dispose } = doubling(device);
      device.write(slab, Float32Array.of(1, 2, 3, 4));
      step(slab);
      device.copy(other, slab);
      step(slab);
      step(other);
      device.write(other, Float32Array.of(-1), 3);
      checkClose('slab', await device.read(slab), [4, 8, 12, 16], 0);
      checkClose('other', await device.read(other), [4, 8, 12, -1], 0);
      dispose();
      device.free(slab);
      device.free(other);
    }),
    withDevice('rules run on ranges and leave the rest alone', async (device) => {
      const slab = device.alloc(9);
      const add: Rule<'target' | 'source', never> = {
        name: 'add',
        slots: ['target', 'source'],
        scalars: [],
        update: (algebra, { target, source }) => ({ target: algebra.add(target, source) }),
      };
      const step = device.compile(add);
      device.write(slab, Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
      step.run({ target: { slab, start: 1 }, source: { slab, start: 5 } }, {}, 3);
      checkClose('slab', await device.read(slab), [0, 6, 8, 10, 4, 5, 6, 7, 8], 0);
      step.dispose();
      device.free(slab);
    }),
    withDevice('a rule without an operand, a scalar or room is an error', async (device) => {
      const slab = device.alloc(4);
      const short = device.alloc(2);
      const one = device.alloc(1);
      const step = device.compile(everyOperation);
      const scalars = { threshold: 0 };
      const missing = { a: slab, b: slab, c: slab } as never;
      await checkThrows('a missing slot', () => step.run(missing, scalars), invalid);
      await checkThrows(
        'a missing scalar',
        () => step.run({ a: slab, b: slab, c: slab, factor: one }, {} as never),
        invalid,
      );
      await checkThrows(
        'a short slab',
        () => step.run({ a: slab, b: short, c: slab, factor: one }, scalars),
        invalid,
      );
      step.dispose();
      for (const each of [slab, short, one]) device.free(each);
    }),
    ...lengths.map((length) => ruleCase(adamWRule, adamWScalars(3), length)),
    ...lengths.map((length) => ruleCase(everyOperation, { threshold: 0.25 }, length)),
  ];
}

/** Runs a rule twice on random numbers on the device and on the oracle, from an odd start, and compares all slots. */
async function compareRule<S extends Slab, Slot extends string, Scalar extends string>(
  device: Device<S>,
  rule: Rule<Slot, Scalar>,
  scalars: Record<Scalar, number>,
  length: number,
  ulps: number,
): Promise<void> {
  const start = 3;
  const random = createRandom(length + 1);
  const oracle = createArrayDevice();
  const step = device.compile(rule);
  const oracleStep = oracle.compile(rule);
  const operands = {} as Record<Slot, { slab: S; start: number }>;
  const oracleOperands = {} as Record<Slot, { slab: ReturnType<typeof oracle.alloc>; start: number }>;
  for (const slot of rule.slots) {
    // Second moments are never negative; their root must exist.
    const positive = slot.endsWith('_sq');
    const data = Float32Array.from({ length: length + start + 2 }, () => {
      const value = random.normal() * 10 ** (4 * random.uniform() - 2);
      return positive ? Math.abs(value) : value;
    });
    operands[slot] = { slab: device.alloc(data.length), start };
    oracleOperands[slot] = { slab: oracle.alloc(data.length), start };
    device.write(operands[slot].slab, data);
    oracle.write(oracleOperands[slot].slab, data);
  }
  for (let run = 0; run < 2; run++) {
    step.run(operands, scalars, length);
    oracleStep.run(oracleOperands, scalars, length);
  }
  for (const slot of rule.slots) {
    const actual = await device.read(operands[slot].slab);
    checkClose(`slot ${slot}`, actual, oracleOperands[slot].slab.values, ulps);
    device.free(operands[slot].slab);
  }
  step.dispose();
}

function doubling<S extends Slab>(device: Device<S>): { step: (slab: S) => void; dispose: () => void } {
  const rule: Rule<'x', never> = {
    name: 'double',
    slots: ['x'],
    scalars: [],
    update: ({ add }, { x }) => ({ x: add(x, x) }),
  };
  const step = device.compile(rule);
  return { step: (slab) => step.run({ x: slab }, {}), dispose: () => step.dispose() };
}

async function multiplyCase<S extends Slab>(device: Device<S>): Promise<void> {
  const oracle = createArrayDevice({ precision: 'float64' });
  const [rows, columns, inner] = [5, 3, 7];
  const random = createRandom(11);
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      for (const [alpha, beta] of [
        [1, 0],
        [-0.5, 1],
        [2, 0.25],
      ] as const) {
        const starts = { a: 2, b: 1, target: 4 };
        const sizes = { a: rows * inner, b: inner * columns, target: rows * columns };
        const make = <T extends Slab>(
          on: Device<T>,
          data: Record<keyof typeof sizes, Float32Array>,
        ): Record<keyof typeof sizes, T> => {
          const allocate = (name: keyof typeof sizes): T => {
            const slab = on.alloc(data[name].length);
            on.write(slab, data[name]);
            return slab;
          };
          return { a: allocate('a'), b: allocate('b'), target: allocate('target') };
        };
        const numbers = (name: keyof typeof sizes): Float32Array =>
          Float32Array.from({ length: sizes[name] + starts[name] + 1 }, () => random.normal());
        const data = { a: numbers('a'), b: numbers('b'), target: numbers('target') };
        if (beta === 0) data.target.fill(Number.NaN);
        const slabs = make(device, data);
        const reference = make(oracle, data);
        const shape = { rows, columns, inner, transposeA, transposeB, alpha, beta };
        device.multiply({
          target: { slab: slabs.target, start: starts.target },
          a: { slab: slabs.a, start: starts.a },
          b: { slab: slabs.b, start: starts.b },
          ...shape,
        });
        oracle.multiply({
          target: { slab: reference.target, start: starts.target },
          a: { slab: reference.a, start: starts.a },
          b: { slab: reference.b, start: starts.b },
          ...shape,
        });
        const actual = await device.read(slabs.target);
        reference.target.values.forEach((expected, index) => {
          const close = Number.isNaN(expected)
            ? Number.isNaN(actual[index])
            : Math.abs(actual[index]! - expected) <= 1e-5 * (1 + Math.abs(expected));
          check(
            close,
            `element ${index} of the product is ${actual[index]}, expected ${expected} (${JSON.stringify(shape)}).`,
          );
        });
        for (const slab of Object.values(slabs)) device.free(slab);
      }
    }
  }
}
