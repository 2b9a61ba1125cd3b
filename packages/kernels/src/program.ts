import type { Algebra } from '@ds/tensor';

/** An operation that every printer knows. `sign` is not one: tracing spells it with `select`. */
export type Operator = Exclude<keyof Algebra<unknown>, 'constant' | 'sign'>;

interface NodeBase {
  /** Position in `Program.nodes`. */
  readonly id: number;
  /** The same for every element, so it is computed once per run. */
  readonly uniform: boolean;
}

/** One value of a program, assigned once. */
export type Node =
  | (NodeBase & { readonly kind: 'constant'; readonly value: number })
  | (NodeBase & { readonly kind: 'scalar'; readonly index: number })
  | (NodeBase & { readonly kind: 'slot'; readonly index: number })
  | (NodeBase & {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly operands: readonly Node[];
    });

/** Element `i` of the slot at position `slot` becomes element `i` of `value`. */
export interface Store {
  readonly slot: number;
  readonly value: Node;
}

/**
 * What a rule computes for one element, in static single assignment form.
 *
 * Operands come before the operations that use them, no value is computed twice and none in vain. All loads of an
 * element come before its stores.
 */
export interface Program {
  readonly nodes: readonly Node[];
  /** In the order of `rule.slots`. */
  readonly stores: readonly Store[];
}
