import type { Tensor } from '@tensorflow/tfjs-core';
import { add, clone, grads, memory, mul, sum, tensor, tidy } from '@tensorflow/tfjs-core';
import { engineState } from '../../src/tfjs-internals.ts';
import type { Probe } from './probe.ts';
import { inputValues } from './probe.ts';

/** An operation's results, and the gradients of a weighted sum of all their elements, one for each input. */
export interface Derivatives {
  readonly outputs: readonly (readonly number[])[];
  readonly gradients: readonly (readonly number[])[];
}

/** What the tape makes of an operation. */
export interface TapeDerivatives extends Derivatives {
  /** Tensors that are left over. */
  readonly leaked: number;
  /** Names of the kernels on the tape that work on what comes from the inputs. */
  readonly kernels: readonly string[];
}

/** No two outputs count alike, so that no two errors cancel. */
const weight = (index: number): number => Math.fround(Math.cos(1 + 1.7 * index));

/** Runs an operation and tfjs's own tape on the current backend. */
export async function tapeDerivatives(probe: Probe): Promise<TapeDerivatives> {
  const inputs = probe.inputs.map(({ shape }, index) => tensor(inputValues(probe)[index]!, [...shape]));
  const outputs = await read(tidy(() => [probe.run(...inputs)].flat().map((output) => clone(output))));
  const before = memory().numTensors;
  let kernels: string[] = [];
  const gradients = grads((...tensors: Tensor[]) => {
    const results = [probe.run(...tensors)].flat();
    const total = results
      .map((result) => sum(mul(result, weights(result))))
      .reduce((left, right) => add(left, right));
    kernels = kernelsBehind(tensors);
    return total;
  })(inputs);
  const leaked = memory().numTensors - before - gradients.length;
  return { outputs, gradients: await read(gradients, inputs), leaked, kernels };
}

/**
 * Runs an operation on the current backend and differentiates it by central differences of fourth order.
 *
 * Differences of outputs are taken in float64, so an output that an input has no influence on adds no noise. With
 * steps of 1/32 the truncation is 3e-8 fifth derivatives; float32 results add noise of about 4e-6 times their size.
 */
export function numericDerivatives(probe: Probe): Derivatives {
  const values = inputValues(probe);
  const evaluate = (): number[][] =>
    tidy(() => {
      const inputs = values.map((input, index) => tensor(input.slice(), [...probe.inputs[index]!.shape]));
      return [probe.run(...inputs)].flat().map((output) => Array.from(output.dataSync()));
    });
  const step = 1 / 32;
  const gradients = values.map((input) =>
    Array.from(input, (value, index) => {
      const at = (offset: number): number[][] => {
        input[index] = value + offset * step;
        return evaluate();
      };
      const [far, near] = [difference(at(2), at(-2)), difference(at(1), at(-1))];
      input[index] = value;
      return (8 * near - far) / (12 * step);
    }),
  );
  return { outputs: evaluate(), gradients };
}

function kernelsBehind(inputs: readonly Tensor[]): string[] {
  const reached = new Set(inputs.map(({ id }) => id));
  const nodes = engineState().activeTape!.filter((node) => {
    const isReached = Object.values(node.inputs).some(
      (input) => input !== undefined && reached.has(input.id),
    );
    if (isReached) for (const output of node.outputs) reached.add(output.id);
    return isReached;
  });
  return nodes.map(({ kernelName }) => kernelName);
}

function difference(left: readonly number[][], right: readonly number[][]): number {
  let total = 0;
  for (const [output, numbers] of left.entries()) {
    for (const [index, value] of numbers.entries()) total += weight(index) * (value - right[output]![index]!);
  }
  return total;
}

function weights({ size, shape }: Tensor): Tensor {
  return tensor(
    Float32Array.from({ length: size }, (_, index) => weight(index)),
    shape,
  );
}

/** Reads tensors and disposes of them. */
async function read(tensors: readonly Tensor[], others: readonly Tensor[] = []): Promise<number[][]> {
  const values: number[][] = [];
  for (const each of tensors) values.push([...(await each.data())]);
  for (const each of [...tensors, ...others]) each.dispose();
  return values;
}
