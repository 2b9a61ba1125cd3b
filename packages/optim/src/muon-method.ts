import type { Rule, Slab, Transform } from '@ds/tensor';
import { chain } from '@ds/tensor';
import { CompiledRules } from './compiled-rules.ts';
import { contiguousRuns } from './contiguous-runs.ts';
import { gradientLinks } from './elementwise-method.ts';
import { gradientRule } from './gradient-rule.ts';
import type { LiveGroup } from './hyperparameters.ts';
import type { MatrixView } from './matrix-view.ts';
import { matrixView } from './matrix-view.ts';
import type { MuonHyperparameters } from './muon-hyperparameters.ts';
import { NewtonSchulz } from './newton-schulz.ts';
import type { GroupContext, GroupUpdate, UpdateMethod } from './update-method.ts';

/** The norm is never taken as smaller than this (PyTorch). */
const smallestNorm = 1e-7;

const muonMomentum: Transform<
  'momentum_buffer',
  'momentum' | 'oneMinusMomentum' | 'nesterovGradient' | 'nesterovBuffer'
> = {
  name: 'muonMomentum',
  state: ['momentum_buffer'],
  scalars: ['momentum', 'oneMinusMomentum', 'nesterovGradient', 'nesterovBuffer'],
  update({ add, mul }, update, { state, scalars }) {
    const buffer = add(mul(scalars.momentum, state.momentum_buffer), mul(scalars.oneMinusMomentum, update));
    return {
      update: add(mul(scalars.nesterovGradient, update), mul(scalars.nesterovBuffer, buffer)),
      state: { momentum_buffer: buffer },
    };
  },
};

const normalize: Rule<'matrix' | 'squares', 'smallestNorm'> = {
  name: 'normalize',
  slots: ['matrix', 'squares'],
  broadcast: ['squares'],
  scalars: ['smallestNorm'],
  update: ({ div, max, sqrt }, { matrix, squares }, scalars) => ({
    matrix: div(matrix, max(sqrt(squares), scalars.smallestNorm)),
  }),
};

const applyMatrix: Rule<'parameter' | 'matrix', 'keep' | 'stepSize'> = {
  name: 'applyMatrix',
  slots: ['parameter', 'matrix'],
  scalars: ['keep', 'stepSize'],
  update: ({ mul, sub }, { parameter, matrix }, { keep, stepSize }) => ({
    parameter: sub(mul(keep, parameter), mul(stepSize, matrix)),
  }),
};

/** Muon on parameters that are read as matrices; `muon` describes it. */
export const muonMatrices: UpdateMethod<MuonHyperparameters> = { bind: bindMuon };

function bindMuon<S extends Slab>({
  device,
  entries,
  group,
  state,
}: GroupContext<S, MuonHyperparameters>): GroupUpdate<S> {
  const compiled = new CompiledRules(device);
  const views = entries.map((entry) => matrixView(entry, group.outputAxis));
  const iteration = new NewtonSchulz(device, compiled, views, {
    method: group.newtonSchulz,
    steps: group.newtonSchulzSteps,
    coefficients: group.newtonSchulzCoefficients,
  });
  const squares = device.alloc(1);
  state.ensure('momentum_buffer');
  const momentumRule = gradientRule(chain(...gradientLinks(group), muonMomentum));
  return {
    run(items, gradientScale) {
      const { lr, momentum, nesterov, weightDecay, clipValue } = group;
      const momentumScalars = {
        gradientScale,
        clipValue,
        momentum,
        oneMinusMomentum: 1 - momentum,
        nesterovGradient: nesterov ? 1 - momentum : 0,
        nesterovBuffer: nesterov ? momentum : 1,
      };
      for (const { first, length } of contiguousRuns(items)) {
        const { parameter, gradient, index } = first;
        const operands = { parameter, gradient, momentum_buffer: state.operand('momentum_buffer', index) };
        compiled.step(momentumRule).run(operands, momentumScalars, length);
      }
      for (const { entry, index, parameter, gradient } of items) {
        const view = views[index]!;
        device.writeSumOfSquares(squares, gradient, entry.length);
        compiled.step(normalize).run({ matrix: gradient, squares }, { smallestNorm }, entry.length);
        const matrix = iteration.run(gradient, view);
        const scalars = { keep: 1 - lr * weightDecay, stepSize: lr * updateFactor(view, group) };
        compiled.step(applyMatrix).run({ parameter, matrix }, scalars, entry.length);
      }
    },
    dispose() {
      compiled.dispose();
      iteration.dispose();
      device.free(squares);
    },
  };
}

/**
 * What the orthogonal update is multiplied by: `sqrt(max(1, out / in))` (Jordan) or, to match the size of AdamW's
 * updates, `0.2 sqrt(max(out, in))` (Liu et al. 2025, "Muon is Scalable for LLM Training").
 */
function updateFactor(
  { rows, columns }: MatrixView,
  { updateScale, outputAxis }: LiveGroup<MuonHyperparameters>,
): number {
  if (updateScale === 'matchRmsAdamW') return 0.2 * Math.sqrt(Math.max(rows, columns));
  const ratio = outputAxis === 'first' ? rows / columns : columns / rows;
  return Math.sqrt(Math.max(1, ratio));
}
