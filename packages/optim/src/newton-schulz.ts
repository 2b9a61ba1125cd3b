import type { Device, Rule, Slab } from '@ds/tensor';
import type { CompiledRules } from './compiled-rules.ts';
import type { MatrixView } from './matrix-view.ts';
import type { Place } from './update-method.ts';

/** How a matrix is orthogonalized. */
export interface NewtonSchulzOptions {
  readonly method: 'gram' | 'standard';
  readonly steps: number;
  /** `a, b, c` of the polynomial `a x + b x^3 + c x^5`. */
  readonly coefficients: readonly [number, number, number];
}

const blend: Rule<'target' | 'other', 'targetFactor' | 'otherFactor'> = {
  name: 'blend',
  slots: ['target', 'other'],
  scalars: ['targetFactor', 'otherFactor'],
  update: ({ add, mul }, { target, other }, { targetFactor, otherFactor }) => ({
    target: add(mul(targetFactor, target), mul(otherFactor, other)),
  }),
};

/**
 * Makes matrices nearly orthogonal by the Newton-Schulz iteration of Muon (Jordan et al. 2024).
 *
 * `X <- a X + (b A + c A^2) X` with `A = X X^T`, on whichever side of `X` is shorter, so that nothing is transposed in
 * memory. The method `gram` (Dao 2026, "Gram Newton-Schulz") iterates on the small `A` alone and multiplies `X` only
 * every second step and at the end; equal but for rounding, and cheaper where one side is much longer.
 */
export class NewtonSchulz<S extends Slab> {
  readonly #device: Device<S>;
  readonly #rules: CompiledRules<S>;
  readonly #options: NewtonSchulzOptions;
  readonly #spare: S;
  readonly #square: readonly S[];

  /** Allocates scratch for the largest of the matrices. */
  constructor(
    device: Device<S>,
    rules: CompiledRules<S>,
    matrices: readonly MatrixView[],
    options: NewtonSchulzOptions,
  ) {
    this.#device = device;
    this.#rules = rules;
    this.#options = options;
    const side = Math.max(0, ...matrices.map(({ rows, columns }) => Math.min(rows, columns)));
    const size = Math.max(0, ...matrices.map(({ rows, columns }) => rows * columns));
    this.#spare = device.alloc(size);
    // The standard iteration needs the Gram matrix and a polynomial of it; gram three more.
    const squares = options.method === 'gram' ? 5 : 2;
    this.#square = Array.from({ length: squares }, () => device.alloc(side * side));
  }

  /** Orthogonalizes the matrix at `source`, whose norm must be at most 1, and returns where the result lies. */
  run(source: Place<S>, view: MatrixView): Place<S> {
    return this.#options.method === 'gram' && view.rows !== view.columns
      ? this.#gram(source, view)
      : this.#standard(source, view);
  }

  #standard(source: Place<S>, view: MatrixView): Place<S> {
    const [a, b, c] = this.#options.coefficients;
    const [gram, polynomial] = this.#square as [S, S];
    let from = source;
    let to: Place<S> = { slab: this.#spare, start: 0 };
    for (let step = 0; step < this.#options.steps; step++) {
      this.#gramMatrix(gram, from, view);
      this.#multiplyAdd(polynomial, gram, gram, gram, view, { alpha: c, beta: b });
      this.#applyTo(to, from, polynomial, view, a);
      [from, to] = [to, from];
    }
    return from;
  }

  /**
   * The matrix `Q` that the steps so far multiply `X` by is kept as `identity * I + Q'`, which spares a matrix of ones
   * on the diagonal.
   */
  #gram(source: Place<S>, view: MatrixView): Place<S> {
    const { steps, coefficients } = this.#options;
    const [a, b, c] = coefficients;
    let [gram, polynomial, product, scratch, spare] = this.#square as [S, S, S, S, S];
    let from = source;
    let to: Place<S> = { slab: this.#spare, start: 0 };
    this.#gramMatrix(gram, from, view);
    let identity = 1;
    let fresh = true;
    for (let step = 0; step < steps; step++) {
      if (step === 2) {
        this.#applyTo(to, from, product, view, identity);
        [from, to] = [to, from];
        this.#gramMatrix(gram, from, view);
        fresh = true;
      }
      this.#multiplyAdd(polynomial, gram, gram, gram, view, { alpha: c, beta: b });
      if (fresh) {
        this.#copySquare(product, polynomial, view);
        identity = a;
        fresh = false;
      } else {
        // (identity I + Q')  ->  (a I + Z)(identity I + Q')
        this.#multiplyAdd(scratch, polynomial, product, product, view, { beta: a });
        this.#blend(scratch, polynomial, view, 1, identity);
        [product, scratch] = [scratch, product];
        identity *= a;
      }
      // The last step needs no next Gram matrix, and the one before the restart gets a fresh one.
      if (step < steps - 1 && step !== 1) {
        this.#multiplyAdd(scratch, polynomial, gram, gram, view, { beta: a });
        this.#multiplyAdd(spare, polynomial, scratch, scratch, view, { beta: a });
        [gram, spare] = [spare, gram];
      }
    }
    this.#applyTo(to, from, product, view, identity);
    return to;
  }

  /** `target = alpha * left * right + beta * addend`, all square. */
  #multiplyAdd(
    target: S,
    left: S,
    right: S,
    addend: S,
    view: MatrixView,
    { alpha = 1, beta }: { alpha?: number; beta: number },
  ): void {
    const side = Math.min(view.rows, view.columns);
    this.#copySquare(target, addend, view);
    this.#device.multiply({ target, a: left, b: right, rows: side, columns: side, inner: side, alpha, beta });
  }

  #copySquare(target: S, source: S, { rows, columns }: MatrixView): void {
    this.#device.copy(target, source, { length: Math.min(rows, columns) ** 2 });
  }

  #blend(target: S, other: S, view: MatrixView, targetFactor: number, otherFactor: number): void {
    const length = Math.min(view.rows, view.columns) ** 2;
    this.#rules.step(blend).run({ target, other }, { targetFactor, otherFactor }, length);
  }

  /** `X X^T` or `X^T X`, whichever is smaller. */
  #gramMatrix(target: S, matrix: Place<S>, { rows, columns }: MatrixView): void {
    const wide = rows <= columns;
    this.#device.multiply({
      target,
      a: matrix,
      b: matrix,
      rows: wide ? rows : columns,
      columns: wide ? rows : columns,
      inner: wide ? columns : rows,
      transposeA: !wide,
      transposeB: wide,
    });
  }

  /** `target = square * matrix + identity * matrix`, from the right for tall matrices; `square` is symmetric. */
  #applyTo(
    target: Place<S>,
    matrix: Place<S>,
    square: S,
    { rows, columns }: MatrixView,
    identity: number,
  ): void {
    const { slab, start } = target;
    this.#device.copy(slab, matrix.slab, { from: matrix.start, to: start, length: rows * columns });
    const wide = rows <= columns;
    this.#device.multiply({
      target,
      a: wide ? square : matrix,
      b: wide ? matrix : square,
      rows,
      columns,
      inner: wide ? rows : columns,
      beta: identity,
    });
  }

  dispose(): void {
    this.#device.free(this.#spare);
    for (const slab of this.#square) this.#device.free(slab);
  }
}
