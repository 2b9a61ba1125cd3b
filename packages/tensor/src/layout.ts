import { InvalidArgumentError, UnknownNameError } from './error.ts';

/** Where one parameter lies in flat memory. */
export interface LayoutEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** First element in a slab that follows the layout. */
  readonly offset: number;
  /** Number of elements: the product of the shape, 1 for a scalar. */
  readonly length: number;
  /** Free label that optimizers can select by, for example `norm`. */
  readonly group: string | undefined;
}

/** The order in which parameters lie in flat memory, back to back, each once. */
export interface Layout {
  readonly entries: readonly LayoutEntry[];
  /** Number of elements in all. */
  readonly length: number;
  /**
   * Returns a parameter's entry.
   *
   * @throws UnknownNameError naming the nearest parameter.
   */
  entry(name: string): LayoutEntry;
}

/**
 * Number of elements of a tensor of this shape.
 *
 * @example
 * sizeOf([2, 3]); // 6
 * sizeOf([]); // 1: a scalar
 */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/**
 * Lays parameters out in the order given.
 *
 * A name that comes again is the same parameter, shared (tied), and must have the same shape.
 *
 * @throws InvalidArgumentError when a shape has a negative or fractional dimension, or a shared one differs.
 *
 * @example
 * createLayout([{ name: 'w', shape: [2, 3] }, { name: 'b', shape: [3] }]).length; // 9
 */
export function createLayout(
  parameters: Iterable<{
    readonly name: string;
    readonly shape: readonly number[];
    readonly group?: string | undefined;
  }>,
): Layout {
  const byName = new Map<string, LayoutEntry>();
  let offset = 0;
  for (const { name, shape, group } of parameters) {
    const known = byName.get(name);
    if (known !== undefined) {
      if (known.shape.join() !== shape.join()) {
        throw new InvalidArgumentError(
          `Parameter "${name}" appears with shapes [${known.shape.join(', ')}] and [${shape.join(', ')}]. ` +
            `Shared parameters must have one shape; give different parameters different names.`,
        );
      }
      continue;
    }
    if (!shape.every((dimension) => Number.isInteger(dimension) && dimension >= 0)) {
      throw new InvalidArgumentError(
        `Parameter "${name}" has shape [${shape.join(', ')}]; dimensions must be whole numbers, 0 or more.`,
      );
    }
    const length = sizeOf(shape);
    byName.set(name, { name, shape: [...shape], offset, length, group });
    offset += length;
  }
  const entries = [...byName.values()];
  return {
    entries,
    length: offset,
    entry(name) {
      const found = byName.get(name);
      if (found === undefined) throw new UnknownNameError('parameter', name, [...byName.keys()]);
      return found;
    },
  };
}
