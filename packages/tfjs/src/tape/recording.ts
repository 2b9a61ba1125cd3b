import type { Tensor } from '@tensorflow/tfjs-core';
import { scalar, tensor_util, tidy } from '@tensorflow/tfjs-core';
import { InvalidArgumentError, InvalidStateError } from '@ds/tensor';
import type { TapeNode } from '../tfjs-internals.ts';
import { engineState, nextTensorId } from '../tfjs-internals.ts';
import { backpropagate } from './backpropagate.ts';
import { GradientMap } from './gradient-map.ts';
import type { Reached } from './reached.ts';
import { extendReached, isReached, releaseSaved } from './reached.ts';
import { oneForwardOneBackward } from './release.ts';
import type { Released, Session } from './session.ts';
import { joinSession, leaveSession, withoutScopes, withoutTape } from './session.ts';

/** What one block recorded, apart from all others, so that it can be dropped and recorded again. */
export interface Segment {
  readonly nodes: TapeNode[];
  /** Ids of the tensors that went in. */
  readonly inputs: readonly number[];
  /** Ids of those that came out. */
  readonly outputs: readonly number[];
}

/** Called when a segment has been walked, with its index and what is known of gradients at that point. */
export type SegmentListener = (index: number, gradients: GradientMap) => void;

/**
 * A forward pass on tape, one segment per block, followed by whatever the caller computes from its output.
 *
 * Opening it starts to record; `close` must follow. tfjs's own recorder does the recording.
 */
export class Recording {
  readonly #session: Session;
  readonly #segments: Segment[] = [];
  readonly #reached: Reached;
  readonly #isFrozen: boolean;
  /** Every tensor made since the recording was opened has a larger id. */
  readonly began: number;

  /**
   * @param parameters ids of the tensors to differentiate by.
   * @param previous the last recording of the same model, if there was one.
   */
  constructor(parameters: Iterable<number>, previous?: Recording) {
    this.#session = joinSession(this, previous?.began);
    this.#reached = new Set(parameters);
    this.#isFrozen = this.#reached.size === 0;
    this.began = nextTensorId();
  }

  get isOpen(): boolean {
    return this.#session.recordings.has(this);
  }

  /** Runs one block on a tape segment of its own. Of the tensors it makes only the result and what it saved remain. */
  segment<T>(input: unknown, body: () => T): T {
    const state = engineState();
    const outer = state.activeTape;
    const nodes: TapeNode[] = [];
    const segment = { nodes, inputs: idsOf(input), outputs: [] as number[] };
    this.#segments.push(segment);
    state.activeTape = nodes;
    try {
      const output = tidy(() => body() as Tensor) as T;
      segment.outputs = idsOf(output);
      extendReached(this.#reached, nodes);
      if (this.#isAlone()) this.#dropUnreached(nodes);
      return output;
    } finally {
      state.activeTape = outer;
    }
  }

  /**
   * @throws InvalidArgumentError when the loss is not a scalar that depends on the parameters; InvalidStateError when
   * it never can: it is from before this forward pass, or all parameters are frozen.
   */
  checkLoss(loss: Tensor): void {
    if (loss.rank !== 0 || loss.dtype !== 'float32') {
      throw new InvalidArgumentError(
        `backward() needs a scalar float32 loss, got ${loss.dtype} of shape [${loss.shape.join(', ')}]. ` +
          `Reduce it first, for example with loss.mean().`,
      );
    }
    extendReached(this.#reached, this.#head());
    if (this.#reached.has(loss.id)) return;
    if (this.#isFrozen) {
      throw new InvalidStateError(
        'backward() has nothing to do: no parameter of the model is trainable. Set "trainable" of a layer or ' +
          'variable to true before making the model, or call evaluate() instead of forward().',
      );
    }
    if (loss.id < this.began) {
      throw new InvalidStateError(
        `The loss given to backward() was computed before the latest forward(). ${oneForwardOneBackward}`,
      );
    }
    throw new InvalidArgumentError(
      'The loss given to backward() does not depend on any trainable parameter. Compute it with tfjs operations ' +
        'from what forward() returned, after it returned; evaluate(), and forward() in evaluation mode, record nothing.',
    );
  }

  /**
   * Walks everything backward from the loss, last operation first, then closes the recording.
   *
   * @param loss has passed `checkLoss`.
   * @param scale the gradient of what is minimized with respect to the loss.
   * @param listener called after each segment, last first, out of reach of scopes and tape.
   */
  backward(loss: Tensor, scale: number, listener: SegmentListener): void {
    const head = this.#head();
    const gradients = new GradientMap();
    try {
      withoutScopes(() =>
        withoutTape(() => {
          gradients.add(loss.id, scalar(scale));
          this.#walk(head, gradients);
          for (let index = this.#segments.length - 1; index >= 0; index--) {
            this.#walk(this.#segments[index]!.nodes, gradients);
            listener(index, gradients);
          }
        }),
      );
    } finally {
      gradients.dispose();
      const ended = nextTensorId();
      this.#leave((id) => id > this.began && id < ended);
    }
  }

  /**
   * Stops recording without a backward pass, and releases the tensors that have to do with the recording.
   *
   * Others may have been made in the meantime, such as the next batch: an abandoned recording is often noticed late.
   *
   * @param spared tensors that are needed further.
   * @param until tensors with larger ids stay, when the recording is known to have been given up by then.
   */
  close(spared: readonly Tensor[] = [], until: number = nextTensorId()): void {
    const involved = this.#involved();
    for (const { id } of spared) involved.delete(id);
    this.#leave((id) => id > this.began && id < until && involved.has(id));
  }

  #leave(released: Released): void {
    const nodes = this.#segments.flatMap((segment) => segment.nodes);
    this.#segments.length = 0;
    leaveSession(this, nodes, released);
  }

  /** Ids of what blocks handed on, of what was computed from it, and of what that was computed with. */
  #involved(): Set<number> {
    const head = this.#head();
    const derived = new Set([...this.#reached, ...this.#segments.flatMap((segment) => segment.outputs)]);
    extendReached(derived, head);
    const involved = new Set(derived);
    for (const node of head.toReversed()) {
      if (!node.outputs.some((output) => involved.has(output.id))) continue;
      for (const input of Object.values(node.inputs)) if (input !== undefined) involved.add(input.id);
    }
    return involved;
  }

  /** What ran after the blocks: in the caller's hands, or in blocks of another model that records too. */
  #head(): TapeNode[] {
    if (this.#isAlone()) return this.#session.head;
    const others = [...this.#session.recordings].filter((recording) => recording !== this);
    const end = this.#segments.at(-1)?.nodes.at(-1)?.id ?? -1;
    return [
      ...this.#session.head,
      ...others.flatMap((other) => other.#segments.flatMap(({ nodes }) => nodes)),
    ]
      .filter((node) => node.id > end)
      .toSorted((a, b) => a.id - b.id);
  }

  /** Walks operations last to first, and forgets them unless another recording may walk them too. */
  #walk(nodes: TapeNode[], gradients: GradientMap): void {
    const isLast = this.#isAlone();
    for (let index = nodes.length - 1; index >= 0; index--) {
      const node = nodes[index]!;
      backpropagate(node, gradients, this.#reached);
      if (isLast) {
        releaseSaved([node]);
        nodes.pop();
      }
    }
  }

  #dropUnreached(nodes: TapeNode[]): void {
    const reached = nodes.filter((node) => isReached(this.#reached, node));
    releaseSaved(nodes.filter((node) => !isReached(this.#reached, node)));
    nodes.splice(0, nodes.length, ...reached);
  }

  #isAlone(): boolean {
    return this.#session.recordings.size === 1;
  }
}

function idsOf(container: unknown): number[] {
  return tensor_util.getTensorsInContainer(container as Tensor).map((tensor) => tensor.id);
}
