/** A gradient that is not finite. */
export interface NonFiniteGradient {
  readonly parameter: string;
  /** What was found: `NaN`, or an infinity; a sum of squares that is not finite will do. */
  readonly value: number;
  /** The rank it was found on, where there are several. */
  readonly rank?: number;
  /** The micro-batch of the step that brought it, counted as the caller counts. */
  readonly microBatch?: number;
}

/** What the caller knows about a step whose gradients overflowed. */
export interface OverflowFacts {
  /** The optimizer step, counted as the caller counts. */
  readonly step: number;
  /** The gradients that are not finite. None: each is, but the norm of all is not. */
  readonly gradients: readonly NonFiniteGradient[];
  /** The loss scale of the step. */
  readonly scale?: number;
}

/** The one that came first: by micro-batch, then by rank, then in the order given. */
export function firstNonFinite(gradients: readonly NonFiniteGradient[]): NonFiniteGradient | undefined {
  return gradients.toSorted(
    (a, b) => (a.microBatch ?? 0) - (b.microBatch ?? 0) || (a.rank ?? 0) - (b.rank ?? 0),
  )[0];
}

/**
 * Says in half a sentence what was found: NaN or infinite, where first, how many, at which scale.
 *
 * @example
 * describeOverflow({ step: 3, gradients: [{ parameter: 'w', value: NaN, microBatch: 1 }], scale: 1024 });
 * // 'the gradient of "w" is NaN (micro-batch 1), at loss scale 1024'
 */
export function describeOverflow({ gradients, scale }: OverflowFacts): string {
  const at = scale === undefined ? '' : `, at loss scale ${scale}`;
  const first = firstNonFinite(gradients);
  if (first === undefined) return `the gradients are too large for their norm to be computed${at}`;
  const { parameter, value, microBatch, rank } = first;
  const places = [
    ...(microBatch === undefined ? [] : [`micro-batch ${microBatch}`]),
    ...(rank === undefined ? [] : [`rank ${rank}`]),
  ];
  const where = places.length === 0 ? '' : ` (${places.join(', ')})`;
  const which = `the gradient of "${parameter}" is ${Number.isNaN(value) ? 'NaN' : 'infinite'}${where}`;
  if (gradients.length === 1) return `${which}${at}`;
  const nans = gradients.filter((gradient) => Number.isNaN(gradient.value)).length;
  return (
    `${which}, the first of ${gradients.length} that are not finite ` +
    `(${nans} NaN, ${gradients.length - nans} infinite)${at}`
  );
}
