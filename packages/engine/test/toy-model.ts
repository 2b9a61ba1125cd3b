import type { BackwardOptions, Model } from '@ds/tensor';
import { createLayout, InvalidArgumentError, InvalidStateError } from '@ds/tensor';
import type { ArrayDevice, ArraySlab } from '@ds/tensor/testing';
import { createArrayDevice } from '@ds/tensor/testing';

/** Predictions of the toy model, and later their loss with its derivatives. */
export interface ToyTensor {
  readonly values: readonly number[];
  /** Derivatives of a loss by each prediction. */
  readonly derivatives?: readonly number[];
}

export type ToyInput = readonly (readonly [number, number])[];

export interface ToyModel extends Model<ToyTensor, ArraySlab, ToyInput, ToyTensor> {
  readonly device: ArrayDevice;
  /** What `release` was given. */
  readonly released: unknown[];
  /** Multiplies gradients from now on: NaN poisons them. */
  poison: number;
  readonly values: () => number[];
}

/**
 * `y = w . x + b` with two weights, differentiated by hand. `spare` is a parameter that no loss depends on, `scale` a
 * frozen one.
 */
export function createToyModel(first: readonly number[] = [0.5, -0.25]): ToyModel {
  const device = createArrayDevice();
  const layout = createLayout([
    { name: 'w', shape: [2] },
    { name: 'b', shape: [1] },
    { name: 'spare', shape: [3] },
  ]);
  const frozen = createLayout([{ name: 'scale', shape: [] }]);
  const slabs = new Map(
    [...layout.entries, ...frozen.entries].map(({ name, length }) => [name, device.alloc(length)]),
  );
  device.write(slabs.get('w')!, Float32Array.from(first));
  device.write(slabs.get('scale')!, Float32Array.of(1));
  let recorded: ToyInput | undefined;
  const released: unknown[] = [];
  const predict = (input: ToyInput): ToyTensor => {
    const [w, b] = [slabs.get('w')!.values, slabs.get('b')!.values];
    return { values: input.map(([x, y]) => w[0]! * x + w[1]! * y + b[0]!) };
  };
  return {
    device,
    layout,
    frozen,
    blocks: [{ name: 'linear', parameters: ['w', 'b', 'spare', 'scale'] }],
    released,
    poison: 1,
    values: () => [...slabs.get('w')!.values, ...slabs.get('b')!.values],
    parameter: (name) => slabs.get(name)!,
    forward(input) {
      recorded = input;
      return predict(input);
    },
    evaluate: predict,
    backward(loss, { scale = 1, onBlock }: BackwardOptions<ArraySlab> = {}) {
      if (recorded === undefined) throw new InvalidStateError('no recording');
      const input = recorded;
      recorded = undefined;
      const factor = scale * this.poison;
      const sum = (of: (row: readonly [number, number]) => number): number =>
        input.reduce((total, row, index) => total + of(row) * loss.derivatives![index]! * factor, 0);
      const w = device.alloc(2);
      const b = device.alloc(1);
      w.values.set([sum(([x]) => x), sum(([, y]) => y)]);
      b.values.set([sum(() => 1)]);
      onBlock?.(this.blocks[0]!, [
        { name: 'w', gradient: w },
        { name: 'b', gradient: b },
      ]);
      device.free(w);
      device.free(b);
    },
    discard() {
      recorded = undefined;
    },
    async scalar({ values: [value, ...rest] }) {
      if (value === undefined || rest.length > 0) throw new InvalidArgumentError('not a scalar');
      return value;
    },
    release: (value) => released.push(value),
    dispose() {
      for (const slab of slabs.values()) device.free(slab);
    },
  };
}

/** Mean squared error. */
export function toyLoss(output: ToyTensor, target: readonly number[]): ToyTensor {
  const errors = output.values.map((value, index) => value - target[index]!);
  return {
    values: [errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length],
    derivatives: errors.map((error) => (2 * error) / errors.length),
  };
}

/** Batches of `size` made by a formula: batch `index` is always the same. */
export function toyBatch(index: number, size = 2): readonly [ToyInput, readonly number[]] {
  const rows = Array.from({ length: size }, (_, row) => {
    const j = index * size + row;
    return [((7 * j) % 11) / 5 - 1, ((5 * j) % 13) / 6 - 1] as const;
  });
  return [rows, rows.map(([x, y]) => 2 * x - y + 0.5)];
}
