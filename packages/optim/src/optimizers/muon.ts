import type { LayoutEntry, OptimizerDefinition } from '@ds/tensor';
import { defineOptimizer } from '../define-optimizer.ts';
import { elementwise } from '../elementwise-method.ts';
import type { OptimizerOptions } from '../hyperparameters.ts';
import { commonDefaults } from '../hyperparameters.ts';
import type { MuonHyperparameters } from '../muon-hyperparameters.ts';
import { muonMatrices } from '../muon-method.ts';
import type { ResolvedGroup } from '../resolve-groups.ts';
import { adamScalars, scaleByAdam } from '../transforms/scale-by-adam.ts';
import { withWeightDecay } from './adam.ts';

const auxiliaryAdam = elementwise<MuonHyperparameters>({
  links: () => withWeightDecay(scaleByAdam, true),
  scalars: (group, { step }) => ({
    ...adamScalars(group, step),
    weightDecay: group.weightDecay,
    learningRate: group.lr,
  }),
});

/**
 * Tells whether a parameter is a hidden matrix, by DeepSpeed's rule (`set_optimizer_flags`): two or more dimensions,
 * and neither `embed` nor `lm_head` in its name.
 *
 * @example
 * layout.entries.filter(isMuonMatrix);
 */
export function isMuonMatrix({ name, shape }: LayoutEntry): boolean {
  return shape.length >= 2 && !name.includes('embed') && !name.includes('lm_head');
}

const defaults: MuonHyperparameters = {
  ...commonDefaults,
  learningRate: 0.02,
  adamLearningRate: 3e-4,
  momentum: 0.95,
  nesterov: true,
  newtonSchulz: 'gram',
  newtonSchulzSteps: 5,
  newtonSchulzCoefficients: [3.4445, -4.775, 2.0315],
  updateScale: 'original',
  outputAxis: 'first',
  betas: [0.9, 0.95],
  eps: 1e-10,
  useMuon: isMuonMatrix,
};

/**
 * Muon (Jordan et al. 2024): momentum made orthogonal, for hidden matrices; AdamW for everything else.
 *
 * `m = momentum m + (1 - momentum) g`; `u = (1 - momentum) g + momentum m` with Nesterov, else `m`;
 * `O = NewtonSchulz(u / max(|u|, 1e-7))`; `p = (1 - lr weightDecay) p - lr sqrt(max(1, out / in)) O`.
 *
 * Parameters of more than two dimensions are flattened. Where PyTorch and DeepSpeed run the iteration in half
 * precision, this runs it in the slab's. A group is divided in two by `useMuon`; the second part is Adam's, with
 * `adamLearningRate`. Memory: 4 bytes per element of a matrix and 8 of the others, and scratch of one copy of the
 * largest matrix and 2 (`standard`) or 5 (`gram`) squares of its shorter side.
 *
 * @example
 * muon({ learningRate: 0.02, adamLearningRate: 3e-4, outputAxis: 'last' });
 */
export function muon(options: OptimizerOptions<MuonHyperparameters> = {}): OptimizerDefinition {
  return defineOptimizer(
    {
      type: 'Muon',
      defaults,
      method: ({ useMuon }) => (useMuon === true ? muonMatrices : auxiliaryAdam),
      split: splitByUse,
    },
    options,
  );
}

function splitByUse({
  entries,
  hyperparameters,
}: ResolvedGroup<MuonHyperparameters>): ResolvedGroup<MuonHyperparameters>[] {
  const { useMuon, adamLearningRate } = hyperparameters;
  const isMatrix = (entry: LayoutEntry): boolean =>
    entry.shape.length >= 2 && (typeof useMuon === 'function' ? useMuon(entry) : useMuon);
  const matrices = entries.filter(isMatrix);
  const others = entries.filter((entry) => !isMatrix(entry));
  const parts: ResolvedGroup<MuonHyperparameters>[] = [];
  if (matrices.length > 0) {
    parts.push({ entries: matrices, hyperparameters: { ...hyperparameters, useMuon: true } });
  }
  if (others.length > 0 || parts.length === 0) {
    parts.push({
      entries: others,
      hyperparameters: { ...hyperparameters, learningRate: adamLearningRate, useMuon: false },
    });
  }
  return parts;
}
