import type { TapeNode } from '../tfjs-internals.ts';

/** Ids of tensors that are functions of the trainable parameters, which are in it from the start. */
export type Reached = Set<number>;

/** Adds what these operations, in the order they ran, make from reached tensors. */
export function extendReached(reached: Reached, nodes: readonly TapeNode[]): void {
  for (const node of nodes) {
    if (isReached(reached, node)) for (const output of node.outputs) reached.add(output.id);
  }
}

/** Whether one of the operation's inputs is reached: only then can it have part in a gradient. */
export function isReached(reached: ReadonlySet<number>, node: TapeNode): boolean {
  return Object.values(node.inputs).some((input) => input !== undefined && reached.has(input.id));
}

/** Disposes what operations saved for their gradients. */
export function releaseSaved(nodes: Iterable<TapeNode>): void {
  for (const { saved } of nodes) for (const tensor of saved ?? []) tensor.dispose();
}
