import type { Operand, Optimizer, OptimizerDefinition } from '@ds/tensor';
import { createLayout, createRandom } from '@ds/tensor';
import type { ArrayDevice, ArraySlab } from '@ds/tensor/testing';
import { createArrayDevice } from '@ds/tensor/testing';

/** Shapes of a small model: a matrix, a bias, a convolution kernel, a tall matrix, a square one, a scalar. */
export const modelShapes: Readonly<Record<string, readonly number[]>> = {
  'dense/kernel': [3, 5],
  'dense/bias': [5],
  'conv/kernel': [2, 2, 3, 4],
  'tall/kernel': [6, 2],
  'square/kernel': [4, 4],
  'embed/table': [7, 3],
  temperature: [],
};

export interface Training {
  readonly device: ArrayDevice;
  readonly optimizer: Optimizer<ArraySlab>;
  /** One slab per parameter, or parts of one. */
  readonly parameters: Readonly<Record<string, { slab: ArraySlab; start: number; length: number }>>;
  /** Takes a step with gradients that depend on the step and the parameters. */
  step(options?: { readonly skip?: readonly string[]; readonly gradientScale?: number }): void;
  values(): Record<string, number[]>;
  dispose(): void;
}

export interface TrainingOptions {
  readonly device?: ArrayDevice;
  /** Names in layout order. */
  readonly order?: readonly string[];
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** All parameters in one slab and all gradients in another, as flat memory has them. */
  readonly flat?: boolean;
  /** Steps that were taken before, for the gradients' sake. */
  readonly from?: number;
  readonly initial?: Readonly<Record<string, readonly number[]>>;
}

/** Numbers that depend on a name and a step alone, so that runs of different order can be compared. */
export function numbersFor(name: string, length: number, step: number): number[] {
  let seed = step * 7919;
  for (const letter of name) seed = (seed * 31 + letter.codePointAt(0)!) % 2 ** 31;
  const random = createRandom(seed);
  return Array.from({ length }, () => Math.fround(random.normal()));
}

/** Binds an optimizer to memory and feeds it pseudo-random gradients plus the gradient of a parabola. */
export function train(definition: OptimizerDefinition, options: TrainingOptions = {}): Training {
  const { device = createArrayDevice(), shapes = modelShapes, flat = false, from = 0 } = options;
  const order = options.order ?? Object.keys(shapes);
  const layout = createLayout(order.map((name) => ({ name, shape: shapes[name]! })));
  const optimizer = definition.create({ device, layout });
  const slabs: ArraySlab[] = [];
  const allocate = (length: number): ArraySlab => {
    const slab = device.alloc(length);
    slabs.push(slab);
    return slab;
  };
  const place = (): Record<string, { slab: ArraySlab; start: number; length: number }> => {
    const whole = flat ? allocate(layout.length) : undefined;
    return Object.fromEntries(
      layout.entries.map(({ name, offset, length }) => [
        name,
        { slab: whole ?? allocate(length), start: whole === undefined ? 0 : offset, length },
      ]),
    );
  };
  const parameters = place();
  const gradients = place();
  for (const [name, { slab, start, length }] of Object.entries(parameters)) {
    slab.values.set(options.initial?.[name] ?? numbersFor(name, length, 0), start);
  }
  let steps = from;
  return {
    device,
    optimizer,
    parameters,
    step({ skip = [], gradientScale = 1 } = {}) {
      steps++;
      for (const [name, { slab, start, length }] of Object.entries(gradients)) {
        const noise = numbersFor(name, length, steps);
        const parameter = parameters[name]!;
        for (let i = 0; i < length; i++) {
          slab.values[start + i] = parameter.slab.values[parameter.start + i]! + noise[i]!;
        }
      }
      optimizer.step({
        parameter: (name): Operand<ArraySlab> => parameters[name]!,
        gradient: (name) => (skip.includes(name) ? undefined : gradients[name]),
        gradientScale,
      });
    },
    values: () =>
      Object.fromEntries(
        Object.entries(parameters).map(([name, { slab, start, length }]) => [
          name,
          [...slab.values.subarray(start, start + length)],
        ]),
      ),
    dispose() {
      for (const slab of slabs) device.free(slab);
      optimizer.dispose();
    },
  };
}
