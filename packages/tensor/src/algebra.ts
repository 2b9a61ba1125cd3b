/**
 * The arithmetic that update rules are written in.
 *
 * A rule is a function over an algebra, so one rule has many readings: numbers (the oracle), tfjs tensors, a
 * WebAssembly loop, a WGSL shader. Every interpretation rounds each operation once to its format; none fuses a
 * multiplication with an addition, so that all of them agree.
 */
export interface Algebra<T> {
  /** A number known when the rule is compiled. */
  readonly constant: (value: number) => T;
  readonly add: (a: T, b: T) => T;
  readonly sub: (a: T, b: T) => T;
  readonly mul: (a: T, b: T) => T;
  readonly div: (a: T, b: T) => T;
  readonly sqrt: (a: T) => T;
  readonly abs: (a: T) => T;
  /** 1 above zero, -1 below, `a` itself for zeros and NaN. */
  readonly sign: (a: T) => T;
  /** The larger one; NaN if either is (WGSL promises nothing for NaN). */
  readonly max: (a: T, b: T) => T;
  /** The smaller one; NaN if either is (WGSL promises nothing for NaN). */
  readonly min: (a: T, b: T) => T;
  /** `positive` where `condition > 0`, else (also for NaN) `otherwise`. */
  readonly select: (condition: T, positive: T, otherwise: T) => T;
}

/** Arithmetic on numbers with every result rounded by `round`. */
function numberAlgebra(round: (value: number) => number): Algebra<number> {
  return {
    constant: round,
    add: (a, b) => round(a + b),
    sub: (a, b) => round(a - b),
    mul: (a, b) => round(a * b),
    div: (a, b) => round(a / b),
    sqrt: (a) => round(Math.sqrt(a)),
    abs: Math.abs,
    sign: Math.sign,
    max: Math.max,
    min: Math.min,
    select: (condition, positive, otherwise) => (condition > 0 ? positive : otherwise),
  };
}

/**
 * IEEE single precision on numbers: what every float32 device must compute.
 *
 * @example
 * float32Algebra.add(0.1, 0.2); // 0.30000001192092896
 */
export const float32Algebra: Algebra<number> = numberAlgebra(Math.fround);

/**
 * IEEE double precision: the reference that roundings are measured against.
 *
 * @example
 * float64Algebra.add(0.1, 0.2); // 0.30000000000000004
 */
export const float64Algebra: Algebra<number> = numberAlgebra((value) => value);
