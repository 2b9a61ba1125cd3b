/**
 * The base of every error that DeepSpeed for TypeScript throws on purpose.
 *
 * Checks survive two copies of a package: use `DsError.isInstance(error)`, or `isInstance` of a subclass,
 * instead of `instanceof`.
 *
 * @example
 * try {
 *   device.alloc(-1);
 * } catch (error) {
 *   if (InvalidArgumentError.isInstance(error)) console.log(error.message);
 * }
 */
export class DsError extends Error {
  static readonly kind: string = 'DsError';
  override readonly name: string;
  /** The class and its ancestors by name. */
  readonly kinds: readonly string[];

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    const kinds: string[] = [];
    for (let type: typeof DsError = new.target; type.kind !== undefined; type = Object.getPrototypeOf(type)) {
      if (kinds.at(-1) !== type.kind) kinds.push(type.kind);
    }
    this.name = new.target.kind;
    this.kinds = kinds;
  }

  /** Tells whether `value` is an error of this class, also when it comes from another copy of the package. */
  static isInstance<E>(this: { readonly kind: string; readonly prototype: E }, value: unknown): value is E {
    return value instanceof Error && ((value as Partial<DsError>).kinds?.includes(this.kind) ?? false);
  }
}

/**
 * A value given at a public boundary is not one that it accepts; the message says which it does.
 *
 * @example
 * const error: unknown = new InvalidArgumentError('A batch size must be positive, got 0.');
 * InvalidArgumentError.isInstance(error); // true
 */
export class InvalidArgumentError extends DsError {
  static override readonly kind: string = 'InvalidArgumentError';
}

/**
 * A call came at a moment when it has no meaning, for example `backward()` before `forward()`.
 *
 * @example
 * const error: unknown = new InvalidStateError('Call forward() before backward().');
 * InvalidStateError.isInstance(error); // true
 */
export class InvalidStateError extends DsError {
  static override readonly kind: string = 'InvalidStateError';
}

/**
 * The environment lacks something that was asked for, for example a backend; the message says how to get it.
 *
 * @example
 * const error: unknown = new UnavailableError('WebGPU is missing here.', { cause: 'no adapter' });
 * UnavailableError.isInstance(error); // true
 */
export class UnavailableError extends DsError {
  static override readonly kind: string = 'UnavailableError';
}

/**
 * A name is none of the known ones; carries the nearest right one where there is one.
 *
 * @example
 * new UnknownNameError('optimizer type', 'AdamV', ['AdamW', 'Lion']).message;
 * // 'Unknown optimizer type "AdamV". Did you mean "AdamW"? Known: AdamW, Lion.'
 */
export class UnknownNameError extends InvalidArgumentError {
  static override readonly kind: string = 'UnknownNameError';
  readonly given: string;
  readonly known: readonly string[];
  readonly nearest: string | undefined;

  /**
   * @param what what is being named, for example `optimizer type`.
   * @param given the name that is not known.
   * @param known the names that are.
   * @param nearest the one that is meant, where that is known; default: the one with the fewest edits.
   */
  constructor(
    what: string,
    given: string,
    known: readonly string[],
    nearest: string | undefined = nearestName(given, known),
  ) {
    const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    super(`Unknown ${what} "${given}".${hint} Known: ${known.toSorted().join(', ')}.`);
    this.given = given;
    this.known = known;
    this.nearest = nearest;
  }
}

/**
 * Returns the candidate with the fewest edits from `name`, ignoring case and punctuation, or `undefined` when
 * none is near enough to be a slip.
 *
 * @example
 * nearestName('gradient_cliping', ['gradient_clipping', 'optimizer']); // 'gradient_clipping'
 */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return bestDistance <= Math.max(2, Math.floor(wanted.length * 0.4)) ? best : undefined;
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
