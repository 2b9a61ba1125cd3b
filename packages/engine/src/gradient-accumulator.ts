import type { Device, Layout, ParameterGradient, Rule, Slab } from '@ds/tensor';

/** Adds one gradient to what is there already. */
const addGradient: Rule<'sum' | 'gradient', never> = {
  name: 'addGradient',
  slots: ['sum', 'gradient'],
  scalars: [],
  update: ({ add }, { sum, gradient }) => ({ sum: add(sum, gradient) }),
};

/**
 * The gradients of the current optimizer step, in one flat slab that follows the model's layout.
 *
 * This is all that the engine knows about gradients: ranks that share the work reduce theirs here, and stages
 * that shard them keep a part of the slab.
 */
export interface GradientAccumulator<S extends Slab = Slab> {
  /** Adds gradients: the first for a parameter since `clear` is copied, the others are added. */
  add(gradients: readonly ParameterGradient<S>[]): void;
  /** Names of the parameters that have a gradient, in layout order. */
  names(): string[];
  /** Where a parameter's gradient lies; `undefined` when it has none. */
  gradient(name: string): { readonly slab: S; readonly start: number } | undefined;
  /** Waits for the sum of squares of all gradients: the norm and the overflow test in one. */
  sumOfSquares(): Promise<number>;
  /** The same for one parameter. */
  sumOfSquaresOf(name: string): Promise<number>;
  /** Forgets all gradients. */
  clear(): void;
  /** Replaces all gradients by saved ones. */
  restore(gradients: ReadonlyMap<string, Float32Array>): void;
  dispose(): void;
}

/** Allocates the slab: 4 bytes for each of the layout's elements. */
export function createGradientAccumulator<S extends Slab>(
  device: Device<S>,
  layout: Layout,
): GradientAccumulator<S> {
  const slab = device.alloc(layout.length);
  const add = device.compile(addGradient);
  const present = new Set<string>();
  // Regions that still hold numbers of an earlier step: zeroed only when a step leaves them out.
  const written = new Set<string>();

  const operand = (name: string): { readonly slab: S; readonly start: number } => ({
    slab,
    start: layout.entry(name).offset,
  });

  function zeroLeftOvers(): void {
    for (const name of written) {
      if (present.has(name)) continue;
      const { offset, length } = layout.entry(name);
      device.write(slab, new Float32Array(length), offset);
      written.delete(name);
    }
  }

  return {
    add(gradients) {
      for (const { name, gradient } of gradients) {
        const { offset, length } = layout.entry(name);
        if (present.has(name)) {
          add.run({ sum: operand(name), gradient }, {}, length);
        } else {
          device.copy(slab, gradient, { to: offset, length });
          present.add(name);
          written.add(name);
        }
      }
    },
    names: () => layout.entries.map(({ name }) => name).filter((name) => present.has(name)),
    gradient: (name) => (present.has(name) ? operand(name) : undefined),
    sumOfSquares() {
      zeroLeftOvers();
      return device.sumOfSquares(slab);
    },
    sumOfSquaresOf(name) {
      const { offset, length } = layout.entry(name);
      return device.sumOfSquares(slab, offset, offset + length);
    },
    clear: () => present.clear(),
    restore(gradients) {
      present.clear();
      for (const [name, values] of gradients) {
        device.write(slab, values, layout.entry(name).offset);
        present.add(name);
        written.add(name);
      }
    },
    dispose() {
      add.dispose();
      device.free(slab);
    },
  };
}
