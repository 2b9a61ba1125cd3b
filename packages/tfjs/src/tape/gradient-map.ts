import type { Tensor } from '@tensorflow/tfjs-core';
import { add } from '@tensorflow/tfjs-core';

/** The gradients that a backward pass holds at the moment, by the id of the tensor they belong to. Owns them. */
export class GradientMap {
  readonly #gradients = new Map<number, Tensor>();

  get(id: number): Tensor | undefined {
    return this.#gradients.get(id);
  }

  /** Takes ownership of a contribution and adds it to those before it: `sum = sum + contribution`, as tfjs does. */
  add(id: number, contribution: Tensor): void {
    const sum = this.#gradients.get(id);
    if (sum === undefined) {
      this.#gradients.set(id, contribution);
      return;
    }
    this.#gradients.set(id, add(sum, contribution));
    sum.dispose();
    contribution.dispose();
  }

  /** Hands a gradient over to the caller. */
  take(id: number): Tensor | undefined {
    const gradient = this.#gradients.get(id);
    this.#gradients.delete(id);
    return gradient;
  }

  dispose(): void {
    for (const gradient of this.#gradients.values()) gradient.dispose();
    this.#gradients.clear();
  }
}
