import type { Tensor } from '@tensorflow/tfjs-core';
import { dispose, keep, Tensor as TensorClass, tensor_util, tidy, Variable } from '@tensorflow/tfjs-core';
import type { BackwardOptions, BlockInfo, Layout, Model, ParameterGradient } from '@ds/tensor';
import { InvalidArgumentError, InvalidStateError } from '@ds/tensor';
import { assertGradientsRegistered } from '../backend/assert-gradients-registered.ts';
import type { TfjsDevice } from '../devices/tfjs-device.ts';
import type { TfjsSlab } from '../devices/tfjs-slab.ts';
import type { GradientMap } from '../tape/gradient-map.ts';
import { Recording } from '../tape/recording.ts';
import { release } from '../tape/release.ts';
import { withoutTape } from '../tape/session.ts';
import type { ModelParameters } from './model-parameters.ts';

/** One block, bound to the variables it uses. */
export interface BoundBlock {
  readonly info: BlockInfo;
  /** @param training whether layers like dropout are to act. */
  forward(input: unknown, training: boolean): unknown;
}

/** What all kinds of models come down to. */
export interface TapeModelParts {
  readonly device: TfjsDevice;
  readonly blocks: readonly BoundBlock[];
  readonly parameters: ModelParameters;
  /** Throws on an input that is none; default: a model takes anything. */
  readonly checkInput?: ((input: unknown) => void) | undefined;
  /** Disposes the variables that were made for the model; default: there are none. */
  readonly disposeOwned?: () => void;
}

/**
 * Puts blocks on tape: the one implementation of `Model` over tfjs.
 *
 * @throws UnavailableError when tfjs has no gradients.
 */
export function createTapeModel<Input, Output>({
  device,
  blocks,
  parameters,
  checkInput,
  disposeOwned,
}: TapeModelParts): Model<Tensor, TfjsSlab, Input, Output> {
  assertGradientsRegistered();
  return new TapeModel<Input, Output>(device, blocks, parameters, checkInput, disposeOwned);
}

class TapeModel<Input, Output> implements Model<Tensor, TfjsSlab, Input, Output> {
  readonly device: TfjsDevice;
  readonly blocks: readonly BlockInfo[];
  readonly layout: Layout;
  readonly frozen: Layout;
  readonly #blocks: readonly BoundBlock[];
  readonly #parameters: ModelParameters;
  /** For each block the parameters whose gradients it may report. */
  readonly #reported: readonly (readonly string[])[];
  readonly #checkInput: ((input: unknown) => void) | undefined;
  readonly #disposeOwned: (() => void) | undefined;
  /** Waiting for `backward`, unless something else closed it. */
  #recording: Recording | undefined;
  /** The latest, open or not. */
  #last: Recording | undefined;
  /** Output and loss of the last recording. */
  #readable: Tensor[] = [];

  constructor(
    device: TfjsDevice,
    blocks: readonly BoundBlock[],
    parameters: ModelParameters,
    checkInput: ((input: unknown) => void) | undefined,
    disposeOwned: (() => void) | undefined,
  ) {
    this.device = device;
    this.blocks = blocks.map((block) => block.info);
    this.layout = parameters.layout;
    this.frozen = parameters.frozen;
    this.#blocks = blocks;
    this.#parameters = parameters;
    this.#reported = reportedParameters(this.blocks, this.layout);
    this.#checkInput = checkInput;
    this.#disposeOwned = disposeOwned;
  }

  parameter(name: string): TfjsSlab {
    return this.device.adopt(this.#parameters.variable(name));
  }

  forward(input: Input): Output {
    // The last output may be the next input, as a recurrent state is.
    const carried = this.#tensorsOf(input, 'forward');
    this.#discard(carried);
    this.#releaseReadable(carried);
    const recording = new Recording(this.#parameters.trainableIds(), this.#last);
    this.#last = recording;
    try {
      const output = this.#blocks.reduce<unknown>((value, block) => {
        const next = recording.segment(value, () => block.forward(value, true));
        disposePassed(value, next, recording.began);
        return next;
      }, input) as Output;
      this.#recording = recording;
      for (const tensor of tensorsIn(output)) {
        if (tensor.id > recording.began && !(tensor instanceof Variable)) this.#readable.push(keep(tensor));
      }
      return output;
    } catch (error) {
      recording.close();
      throw error;
    }
  }

  evaluate(input: Input): Output {
    const carried = this.#tensorsOf(input, 'evaluate');
    if (this.#recording === undefined) this.#releaseReadable(carried);
    return withoutTape(
      () =>
        tidy(
          () =>
            this.#blocks.reduce<unknown>(
              (value, block) => tidy(() => block.forward(value, false) as Tensor),
              input,
            ) as Tensor,
        ) as unknown as Output,
    );
  }

  backward(loss: Tensor, { scale = 1, onBlock }: BackwardOptions<TfjsSlab> = {}): void {
    const recording = this.#recording;
    if (recording?.isOpen !== true) {
      throw new InvalidStateError(
        'backward() needs a recorded forward pass. Call forward() first (evaluate() records nothing); each one is ' +
          'good for one backward(), and discard() or an error in backward() drop it. (Another model drops it too ' +
          'when it runs forward() twice in the meantime.)',
      );
    }
    if (!(loss instanceof TensorClass)) {
      throw new InvalidArgumentError(`backward() needs a scalar tensor as its loss, got ${typeof loss}.`);
    }
    recording.checkLoss(loss);
    this.#recording = undefined;
    this.#readable.push(keep(loss));
    recording.backward(loss, scale, (index, gradients) => {
      const taken = this.#takeGradients(index, gradients);
      try {
        onBlock?.(
          this.blocks[index]!,
          taken.map(([name, tensor]): ParameterGradient<TfjsSlab> => ({
            name,
            gradient: this.device.adopt(tensor),
          })),
        );
      } finally {
        for (const [, tensor] of taken) tensor.dispose();
      }
    });
  }

  discard(): void {
    this.#discard([]);
  }

  async scalar(value: Tensor): Promise<number> {
    if (!(value instanceof TensorClass) || value.rank !== 0) {
      const given =
        value instanceof TensorClass ? `a tensor of shape [${value.shape.join(', ')}]` : typeof value;
      throw new InvalidArgumentError(
        `A loss must be a scalar tensor, got ${given}. Reduce it first, for example with loss.mean().`,
      );
    }
    return (await value.data())[0]!;
  }

  release(value: unknown): void {
    dispose(value as Tensor);
  }

  dispose(): void {
    this.discard();
    this.#releaseReadable([]);
    this.#disposeOwned?.();
  }

  /** Checks an input, and returns the tensors in it. */
  #tensorsOf(input: Input, method: string): Tensor[] {
    this.#checkInput?.(input);
    const tensors = tensorsIn(input);
    const gone = tensors.find((tensor) => tensor.isDisposed);
    if (gone !== undefined) {
      throw new InvalidArgumentError(
        `${method}() was given a disposed tensor of shape [${gone.shape.join(', ')}]. Dispose a batch after ` +
          `its last step, and tf.keep what was made between forward() and backward(); the output of forward() goes with ` +
          `the next one.`,
      );
    }
    return tensors;
  }

  /** Takes the gradients that are complete now that this block is walked. */
  #takeGradients(index: number, gradients: GradientMap): [string, Tensor][] {
    return this.#reported[index]!.flatMap((name) => {
      const gradient = gradients.take(this.#parameters.variable(name).id);
      return gradient === undefined ? [] : [[name, gradient] as [string, Tensor]];
    });
  }

  #discard(spared: readonly Tensor[]): void {
    this.#recording?.close(spared);
    this.#recording = undefined;
  }

  #releaseReadable(spared: readonly Tensor[]): void {
    const isSpared = (tensor: Tensor): boolean => spared.includes(tensor);
    for (const tensor of this.#readable) if (!isSpared(tensor)) release(tensor);
    this.#readable = this.#readable.filter(isSpared);
  }
}

/**
 * A block reports its own trainable parameters, and those that no block below it declares: they may have been used
 * without being declared, by it or in the loss, and nobody comes after it to report them.
 */
function reportedParameters(blocks: readonly BlockInfo[], layout: Layout): string[][] {
  const trainable = new Set(layout.entries.map(({ name }) => name));
  const lowest = new Map<string, number>();
  for (const [index, { parameters }] of blocks.entries()) {
    for (const name of parameters) if (!lowest.has(name)) lowest.set(name, index);
  }
  return blocks.map(({ parameters }, index) => {
    const undeclared = [...trainable].filter((name) => lowest.get(name)! >= index);
    return [...new Set([...parameters.filter((name) => trainable.has(name)), ...undeclared])];
  });
}

/** Disposes what one block handed to the next, unless that hands it on; saved clones hold what is needed of it. */
function disposePassed(input: unknown, output: unknown, began: number): void {
  const handedOn = new Set(tensorsIn(output).map((tensor) => tensor.id));
  for (const tensor of tensorsIn(input)) {
    if (tensor.id > began && !handedOn.has(tensor.id) && !(tensor instanceof Variable)) tensor.dispose();
  }
}

function tensorsIn(container: unknown): Tensor[] {
  return tensor_util.getTensorsInContainer(container as Tensor);
}
