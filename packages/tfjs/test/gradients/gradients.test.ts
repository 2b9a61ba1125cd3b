import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { selectBackend } from '../../src/backend/select-backend.ts';
import { registerGradients, registerTrainingKernels } from '../../src/index.ts';
import { noWebgpu } from '../backends.ts';
import type { Derivatives } from './derivatives.ts';
import { numericDerivatives, tapeDerivatives } from './derivatives.ts';
import type { Probe } from './probe.ts';
import { probes } from './probes.ts';
import { withoutGradient } from './without-gradient.ts';

/**
 * Results and gradients may differ from the oracle by this much, times 1 + their size.
 *
 * Central differences in float32 leave about 1e-5 (see `numericDerivatives`). SwiftShader's `tan` and `sinh` have
 * relative errors of 1e-4, which WGSL allows.
 */
const tolerances = { cpu: 5e-5, wasm: 5e-5, webgpu: 5e-4 } as const;

const everyProbe = Object.values(probes).flat();
const oracles = new Map<Probe, Derivatives>();
const kernelsOnTape = new Set<string>();

beforeAll(async () => {
  registerTrainingKernels();
  if (noWebgpu === undefined) await selectBackend({ backend: 'webgpu' });
  registerGradients();
  // Everything is compared with central differences on `cpu`, the simplest of the backends.
  await tf.setBackend('cpu');
  for (const probe of everyProbe) oracles.set(probe, numericDerivatives(probe));
});

for (const backend of ['cpu', 'wasm', 'webgpu'] as const) {
  describe.skipIf(backend === 'webgpu' && noWebgpu !== undefined)(`gradients on ${backend}`, () => {
    beforeAll(() => tf.setBackend(backend));

    describe.each(Object.keys(probes))('%s', (family) => {
      for (const probe of probes[family]!) {
        const reason = probe.except?.[backend];

        test(probe.name, async ({ skip }) => {
          skip(reason !== undefined, reason);
          const oracle = oracles.get(probe)!;
          const found = await tapeDerivatives(probe);
          for (const kernel of found.kernels) kernelsOnTape.add(kernel);
          expectClose(found.outputs, oracle.outputs, tolerances[backend]);
          expectClose(found.gradients, oracle.gradients, tolerances[backend]);
          expect(found.leaked, 'tensors left over').toBe(0);
        });
      }
    });
  });
}

test('every kernel that tfjs names is probed, or is known to have no gradient', () => {
  const named = Object.values(tf).filter((value) => typeof value === 'string' && /^_?[A-Z]\w+$/.test(value));
  const kernels = named.filter(
    (name) => tf.getKernel(name as string, 'cpu') || tf.getGradient(name as string),
  );
  expect(kernels.length).toBeGreaterThan(150);
  const unaccounted = kernels.filter(
    (name) => !kernelsOnTape.has(name as string) && !((name as string) in withoutGradient),
  );
  expect(unaccounted).toEqual([]);
});

test('no kernel is both probed and said to have no gradient', () => {
  expect(Object.keys(withoutGradient).filter((name) => kernelsOnTape.has(name))).toEqual([]);
});

test('the same probes stand for every family', () => {
  const names = everyProbe.map(({ name }) => name);
  expect(new Set(names).size, 'two probes of one name').toBe(names.length);
});

function expectClose(
  found: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
  tolerance: number,
): void {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  const errors = found.flatMap((numbers, index) =>
    numbers.flatMap((value, place) => {
      const target = expected[index]![place]!;
      const isClose = Math.abs(value - target) <= tolerance * (1 + Math.abs(target));
      return isClose ? [] : [`tensor ${index}, element ${place}: ${value}, expected ${target}`];
    }),
  );
  expect(errors).toEqual([]);
}
