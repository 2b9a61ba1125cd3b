import type { Tensor } from '@tensorflow/tfjs-core';
import { tensor, util } from '@tensorflow/tfjs-core';
import { createRandom } from '@ds/tensor';

/** How an operation's input is made. */
export interface Input {
  readonly shape: readonly number[];
  /** Random numbers lie between these, and not closer to 0 than 0.2 if they may have either sign. */
  readonly range: readonly [low: number, high: number];
  /** Numbers are 0.4 apart, in random order: for operations that compare them. */
  readonly distinct?: boolean;
}

/** One variant of one differentiable operation. */
export interface Probe {
  readonly name: string;
  readonly run: (...inputs: Tensor[]) => Tensor | Tensor[];
  readonly inputs: readonly Input[];
  /** Why it cannot be tried on a backend, by the backend's name. */
  readonly except?: Readonly<Record<string, string>>;
}

/** A function to be differentiated by all its arguments, each given by its shape or an `Input`. */
export function op(
  name: string,
  // Arguments of type never go into every tfjs operation, whatever rank its types ask for.
  run: (...inputs: never[]) => Tensor | Tensor[],
  ...inputs: readonly (readonly number[] | Input)[]
): Probe {
  return {
    name,
    run: run as Probe['run'],
    inputs: inputs.map((input) => ('shape' in input ? input : within(-1.5, 1.5, ...input))),
  };
}

/** A probe that leaves backends out, with the reasons. */
export function except(reasons: Readonly<Record<string, string>>, probe: Probe): Probe {
  return { ...probe, except: reasons };
}

/** A tensor of whole numbers. */
export function ints(values: number[], ...shape: number[]): never {
  // Fits operations that ask for a certain rank.
  return tensor(values, shape, 'int32') as never;
}

/** [[a, b], [c, d], ...], as paddings are given. */
export function pairs(...numbers: readonly number[]): [number, number][] {
  return Array.from({ length: numbers.length / 2 }, (_, index) => [
    numbers[2 * index]!,
    numbers[2 * index + 1]!,
  ]);
}

/** Explicit padding of images. */
export function around(top: number, bottom: number, left: number, right: number): never {
  return pairs(0, 0, top, bottom, left, right, 0, 0) as never;
}

/** Random numbers between two bounds. */
export function within(low: number, high: number, ...shape: readonly number[]): Input {
  return { shape, range: [low, high] };
}

/** Numbers that keep their order when one of them is moved a little. */
export function distinct(...shape: readonly number[]): Input {
  return { shape, range: [0, 0], distinct: true };
}

/** Numbers for the inputs, the same in every run, in steps of 1/1024 so that moving one is exact. */
export function inputValues({ inputs }: Probe): Float32Array[] {
  const random = createRandom(7);
  return inputs.map(({ shape, range: [low, high], distinct: apart }) => {
    const draws = Array.from({ length: util.sizeFromShape([...shape]) }, () => random.uniform());
    if (apart) {
      const sorted = draws.toSorted((a, b) => a - b);
      return Float32Array.from(draws, (draw) =>
        toGrid((sorted.indexOf(draw) - Math.floor(draws.length / 2)) * 0.4 + 0.1),
      );
    }
    return Float32Array.from(draws, (draw) => {
      const value = low + (high - low) * draw;
      const nearZero = low < 0 && high > 0 && Math.abs(value) < 0.2;
      return toGrid(nearZero ? value + (value < 0 ? -0.2 : 0.2) : value);
    });
  });
}

function toGrid(value: number): number {
  return Math.round(value * 1024) / 1024;
}
