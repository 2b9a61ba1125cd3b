import type { LayoutEntry, Rule, Slab, Transform } from '@ds/tensor';
import { chain, sizeOf } from '@ds/tensor';
import { CompiledRules } from './compiled-rules.ts';
import { gradientLinks } from './elementwise-method.ts';
import { gradientRule } from './gradient-rule.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import type { GroupContext, GroupUpdate, UpdateItem, UpdateMethod } from './update-method.ts';

/**
 * Adafactor's hyperparameters, as `adafactor` describes them.
 *
 * @example
 * const options: OptimizerOptions<AdafactorHyperparameters> = { beta2Decay: -0.8, clipThreshold: 1 };
 */
export interface AdafactorHyperparameters extends Hyperparameters {
  /** Exponent of the decay rate, 0 or less: `1 - b2 = step ** beta2Decay`. Default -0.8. */
  readonly beta2Decay: number;
  /** Floor under the root of the second moment. Default 2^-23, the spacing of float32 at 1. */
  readonly eps1: number;
  /** Floor under the parameter's root mean square. Default 1e-3. */
  readonly eps2: number;
  /** Updates with a larger root mean square are scaled down to it. Default 1. */
  readonly clipThreshold: number;
}

/** The matrices a parameter consists of: its last two dimensions, once for each of the leading ones. */
interface Factors {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
}

const factorsOf = ({ shape }: LayoutEntry): Factors | undefined =>
  shape.length < 2
    ? undefined
    : { batch: sizeOf(shape.slice(0, -2)), rows: shape.at(-2)!, columns: shape.at(-1)! };

const square: Rule<'target' | 'source', never> = {
  name: 'square',
  slots: ['target', 'source'],
  scalars: [],
  update: ({ mul }, { source }) => ({ target: mul(source, source) }),
};

const vectorDirection: Transform<'variance', 'beta2' | 'oneMinusBeta2' | 'eps1Squared'> = {
  name: 'adafactorVector',
  state: ['variance'],
  scalars: ['beta2', 'oneMinusBeta2', 'eps1Squared'],
  update({ add, div, max, mul, sqrt }, update, { state, scalars: { beta2, oneMinusBeta2, eps1Squared } }) {
    const variance = add(mul(beta2, state.variance), mul(oneMinusBeta2, mul(update, update)));
    return { update: div(update, sqrt(max(variance, eps1Squared))), state: { variance } };
  },
};

const matrixDirection: Rule<'gradient' | 'outer' | 'rowMean', 'eps1' | 'eps1Squared'> = {
  name: 'adafactorMatrix',
  slots: ['gradient', 'outer', 'rowMean'],
  broadcast: ['rowMean'],
  scalars: ['eps1', 'eps1Squared'],
  update: ({ div, max, sqrt }, { gradient, outer, rowMean }, { eps1, eps1Squared }) => ({
    gradient: div(gradient, sqrt(max(div(outer, max(rowMean, eps1)), eps1Squared))),
  }),
};

/** Turns both sums of squares into the step size, in the place of the parameter's. */
const stepSize: Rule<
  'parameterSquares' | 'updateSquares',
  'inverseLength' | 'eps2' | 'rho' | 'inverseThreshold'
> = {
  name: 'adafactorStepSize',
  slots: ['parameterSquares', 'updateSquares'],
  scalars: ['inverseLength', 'eps2', 'rho', 'inverseThreshold'],
  update({ constant, div, max, mul, sqrt }, { parameterSquares, updateSquares }, scalars) {
    const size = mul(max(sqrt(mul(parameterSquares, scalars.inverseLength)), scalars.eps2), scalars.rho);
    const excess = mul(sqrt(mul(updateSquares, scalars.inverseLength)), scalars.inverseThreshold);
    return { parameterSquares: div(size, max(constant(1), excess)) };
  },
};

const applyUpdate: Rule<'parameter' | 'update' | 'stepSize', 'keep'> = {
  name: 'adafactorApply',
  slots: ['parameter', 'update', 'stepSize'],
  broadcast: ['stepSize'],
  scalars: ['keep'],
  update: ({ mul, sub }, slots, { keep }) => ({
    parameter: sub(mul(keep, slots.parameter), mul(slots.stepSize, slots.update)),
  }),
};

/** Adafactor with second moments factored into means of rows and of columns. */
export const adafactorMethod: UpdateMethod<AdafactorHyperparameters> = { bind: bindAdafactor };

function bindAdafactor<S extends Slab>({
  device,
  entries,
  group,
  state,
}: GroupContext<S, AdafactorHyperparameters>): GroupUpdate<S> {
  const compiled = new CompiledRules(device);
  const factors = entries.map(factorsOf);
  const largest = (measure: (f: Factors) => number): number =>
    Math.max(0, ...factors.map((f) => (f === undefined ? 0 : measure(f))));
  const products = device.alloc(largest(({ batch, rows, columns }) => batch * rows * columns));
  const ones = device.alloc(largest(({ rows, columns }) => Math.max(rows, columns)));
  device.write(ones, new Float32Array(ones.length).fill(1));
  const rowMeans = device.alloc(largest(({ batch }) => batch));
  const parameterSquares = device.alloc(1);
  const updateSquares = device.alloc(1);

  state.ensure('row_var', { length: (entry) => entryFactors(entry, ({ batch, rows }) => batch * rows) });
  state.ensure('col_var', {
    length: (entry) => entryFactors(entry, ({ batch, columns }) => batch * columns),
  });
  state.ensure('variance', { length: (entry) => (factorsOf(entry) === undefined ? entry.length : 0) });
  const matrixGradient = gradientRule(chain(...gradientLinks(group)));
  const vectorRule = gradientRule(chain(...gradientLinks(group), vectorDirection));

  /** Leaves `g / sqrt(vHat)` in the gradient's place. */
  const direct = (
    { index, entry, parameter, gradient }: UpdateItem<S>,
    scalars: Readonly<
      Record<'gradientScale' | 'clipValue' | 'beta2' | 'oneMinusBeta2' | 'eps1' | 'eps1Squared', number>
    >,
  ): void => {
    const shape = factors[index];
    if (shape === undefined) {
      const variance = state.operand('variance', index);
      compiled.step(vectorRule).run({ parameter, gradient, variance }, scalars, entry.length);
      return;
    }
    const { batch, rows, columns } = shape;
    const { beta2: beta, oneMinusBeta2 } = scalars;
    const row = state.operand('row_var', index);
    const column = state.operand('col_var', index);
    compiled.step(matrixGradient).run({ parameter, gradient }, scalars, entry.length);
    compiled.step(square).run({ target: products, source: gradient }, {}, entry.length);
    // Means are products with a vector of ones; alpha and beta make running means of them.
    const alpha = oneMinusBeta2 / columns;
    device.multiply({
      target: row,
      a: products,
      b: ones,
      rows: batch * rows,
      columns: 1,
      inner: columns,
      alpha,
      beta,
    });
    for (let matrix = 0; matrix < batch; matrix++) {
      device.multiply({
        target: { slab: column.slab, start: column.start + matrix * columns },
        a: ones,
        b: { slab: products, start: matrix * rows * columns },
        rows: 1,
        columns,
        inner: rows,
        alpha: oneMinusBeta2 / rows,
        beta,
      });
    }
    device.multiply({
      target: rowMeans,
      a: row,
      b: ones,
      rows: batch,
      columns: 1,
      inner: rows,
      alpha: 1 / rows,
    });
    for (let matrix = 0; matrix < batch; matrix++) {
      const at = matrix * rows * columns;
      const outer = { slab: products, start: at };
      device.multiply({
        target: outer,
        a: { slab: row.slab, start: row.start + matrix * rows },
        b: { slab: column.slab, start: column.start + matrix * columns },
        rows,
        columns,
        inner: 1,
      });
      const operands = {
        gradient: { slab: gradient.slab, start: gradient.start + at },
        outer,
        rowMean: { slab: rowMeans, start: matrix },
      };
      compiled.step(matrixDirection).run(operands, scalars, rows * columns);
    }
  };

  return {
    run(items, gradientScale) {
      const { lr, weightDecay, beta2Decay, eps1, eps2, clipThreshold, clipValue } = group;
      for (const item of items) {
        const { entry, parameter, gradient, counters } = item;
        if (entry.length === 0) continue;
        const oneMinusBeta2 = counters.step ** beta2Decay;
        device.writeSumOfSquares(parameterSquares, parameter, entry.length);
        direct(item, {
          gradientScale,
          clipValue,
          beta2: 1 - oneMinusBeta2,
          oneMinusBeta2,
          eps1,
          eps1Squared: eps1 ** 2,
        });
        device.writeSumOfSquares(updateSquares, gradient, entry.length);
        compiled.step(stepSize).run(
          { parameterSquares, updateSquares },
          {
            inverseLength: 1 / entry.length,
            eps2,
            rho: Math.min(lr, 1 / Math.sqrt(counters.step)),
            inverseThreshold: 1 / clipThreshold,
          },
        );
        compiled
          .step(applyUpdate)
          .run(
            { parameter, update: gradient, stepSize: parameterSquares },
            { keep: 1 - lr * weightDecay },
            entry.length,
          );
      }
    },
    dispose() {
      compiled.dispose();
      for (const slab of [products, ones, rowMeans, parameterSquares, updateSquares]) device.free(slab);
    },
  };
}

function entryFactors(entry: LayoutEntry, measure: (factors: Factors) => number): number {
  const factors = factorsOf(entry);
  return factors === undefined ? 0 : measure(factors);
}
