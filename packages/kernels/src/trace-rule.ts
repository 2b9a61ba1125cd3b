import type { Algebra, Rule } from '@ds/tensor';
import { float32Algebra, InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import type { Node, Operator, Program, Store } from './program.ts';

type Distributed<T> = T extends unknown ? Omit<T, 'id'> : never;
type Draft = Distributed<Node>;

const programs = new WeakMap<Rule, Program>();

/**
 * Runs a rule once on symbols and returns what it computes.
 *
 * Constants are rounded to float32 and folded, equal subexpressions are shared, unused ones dropped. The same rule
 * object is traced once.
 *
 * @throws InvalidArgumentError when the rule names a slot twice, rewrites a broadcast slot, or returns or
 * broadcasts a slot that it does not list.
 *
 * @example
 * traceRule(scaleInto).nodes.map((node) => node.kind); // ['slot', 'slot', 'scalar', 'operation', 'operation']
 */
export function traceRule(rule: Rule): Program {
  let program = programs.get(rule);
  if (program === undefined) {
    program = trace(rule);
    programs.set(rule, program);
  }
  return program;
}

/**
 * Names the slots that a rule rewrites, in the order of `rule.slots`.
 *
 * @throws InvalidArgumentError as `traceRule` does.
 *
 * @example
 * rewrittenSlots(updateRule(scaleByAdam)); // ['parameter', 'exp_avg', 'exp_avg_sq']
 */
export function rewrittenSlots(rule: Rule): readonly string[] {
  return traceRule(rule).stores.map((store) => rule.slots[store.slot]!);
}

function trace(rule: Rule): Program {
  const broadcast = new Set(rule.broadcast);
  checkNames(rule, broadcast);
  const recorder = createRecorder();
  const slots = rule.slots.map((name, index) => [
    name,
    recorder.record({ kind: 'slot', index, uniform: broadcast.has(name) }),
  ]);
  const scalars = rule.scalars.map((name, index) => [
    name,
    recorder.record({ kind: 'scalar', index, uniform: true }),
  ]);
  const results = rule.update<Node>(recorder.algebra, Object.fromEntries(slots), Object.fromEntries(scalars));
  const stores: Store[] = [];
  for (const [name, value] of Object.entries(results)) {
    if (value === undefined) continue;
    const slot = rule.slots.indexOf(name);
    if (slot === -1) throw new UnknownNameError(`slot that rule ${rule.name} rewrites`, name, rule.slots);
    if (broadcast.has(name)) {
      throw new InvalidArgumentError(
        `Rule ${rule.name} rewrites the broadcast slot "${name}", which holds one number for all elements. ` +
          'Take it out of `broadcast`, or write the result to another slot.',
      );
    }
    stores.push({ slot, value });
  }
  stores.sort((a, b) => a.slot - b.slot);
  return withoutUnused(recorder.nodes, stores);
}

function checkNames(rule: Rule, broadcast: ReadonlySet<string>): void {
  const repeated = rule.slots.find((name, index) => rule.slots.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new InvalidArgumentError(`Rule ${rule.name} lists the slot "${repeated}" twice.`);
  }
  for (const name of broadcast) {
    if (!rule.slots.includes(name)) {
      throw new UnknownNameError(`broadcast slot of rule ${rule.name}`, name, rule.slots);
    }
  }
}

/** Collects nodes, each distinct one once. */
function createRecorder(): { nodes: Node[]; record(draft: Draft): Node; algebra: Algebra<Node> } {
  const nodes: Node[] = [];
  const known = new Map<string, Node>();
  const record = (draft: Draft): Node => {
    const key = keyOf(draft);
    let node = known.get(key);
    if (node === undefined) {
      node = { ...draft, id: nodes.length };
      nodes.push(node);
      known.set(key, node);
    }
    return node;
  };
  const constant = (value: number): Node =>
    record({ kind: 'constant', value: Math.fround(value), uniform: true });
  const apply = (operator: Operator, ...operands: readonly Node[]): Node => {
    const values = operands.map((node) => (node.kind === 'constant' ? node.value : undefined));
    if (values.every((value) => value !== undefined)) {
      const fold: (...values: readonly number[]) => number = float32Algebra[operator];
      return constant(fold(...values));
    }
    const uniform = operands.every((node) => node.uniform);
    return record({ kind: 'operation', operator, operands, uniform });
  };
  // Each takes just its operands: rules may write `terms.reduce(add)`, which passes more.
  const algebra: Algebra<Node> = {
    constant,
    add: (a, b) => apply('add', a, b),
    sub: (a, b) => apply('sub', a, b),
    mul: (a, b) => apply('mul', a, b),
    div: (a, b) => apply('div', a, b),
    sqrt: (a) => apply('sqrt', a),
    abs: (a) => apply('abs', a),
    sign(a) {
      const negative = apply('select', apply('sub', constant(0), a), constant(-1), a);
      return apply('select', a, constant(1), negative);
    },
    max: (a, b) => apply('max', a, b),
    min: (a, b) => apply('min', a, b),
    select: (condition, positive, otherwise) => apply('select', condition, positive, otherwise),
  };
  return { nodes, record, algebra };
}

function keyOf(draft: Draft): string {
  switch (draft.kind) {
    case 'constant':
      return `constant ${Object.is(draft.value, -0) ? '-0' : draft.value}`;
    case 'operation':
      return `${draft.operator} ${draft.operands.map((node) => node.id).join(' ')}`;
    default:
      return `${draft.kind} ${draft.index}`;
  }
}

/** Keeps what the stores depend on and renumbers it. */
function withoutUnused(nodes: readonly Node[], stores: readonly Store[]): Program {
  const used = new Set(stores.map((store) => store.value.id));
  for (let id = nodes.length - 1; id >= 0; id--) {
    const node = nodes[id]!;
    if (node.kind === 'operation' && used.has(id)) for (const operand of node.operands) used.add(operand.id);
  }
  const kept = new Map<number, Node>();
  for (const node of nodes) {
    if (!used.has(node.id)) continue;
    const id = kept.size;
    kept.set(
      node.id,
      node.kind === 'operation'
        ? { ...node, id, operands: node.operands.map((operand) => kept.get(operand.id)!) }
        : { ...node, id },
    );
  }
  return {
    nodes: [...kept.values()],
    stores: stores.map(({ slot, value }) => ({ slot, value: kept.get(value.id)! })),
  };
}
