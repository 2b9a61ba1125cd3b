import type { Rule } from '@ds/tensor';
import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import { adamWRule } from '@ds/tensor/testing';
import { describe, expect, test } from 'vitest';
import { rewrittenSlots, traceRule } from './index.ts';

const base = { name: 'example', slots: ['a', 'b'], scalars: ['s'] } as const;

/** The program as text, one node per line. */
function listing(rule: Rule): string[] {
  const { nodes, stores } = traceRule(rule);
  return [
    ...nodes.map((node) => {
      const mark = node.uniform ? ' (uniform)' : '';
      if (node.kind === 'constant') return `${node.id} = ${node.value}${mark}`;
      if (node.kind === 'operation') {
        return `${node.id} = ${node.operator} ${node.operands.map((operand) => operand.id).join(' ')}${mark}`;
      }
      return `${node.id} = ${node.kind} ${node.index}${mark}`;
    }),
    ...stores.map((store) => `slot ${store.slot} = ${store.value.id}`),
  ];
}

describe('traceRule', () => {
  test('shares equal subexpressions and drops unused ones', () => {
    const rule: Rule = {
      ...base,
      update({ add, mul, div }, { a, b }, { s }) {
        div(b!, s!);
        return { a: add(mul(a!, s!), mul(a!, s!)) };
      },
    };
    expect(listing(rule)).toEqual([
      '0 = slot 0',
      '1 = scalar 0 (uniform)',
      '2 = mul 0 1',
      '3 = add 2 2',
      'slot 0 = 3',
    ]);
  });

  test('rounds and folds constants, keeping the sign of zero', () => {
    const rule: Rule = {
      ...base,
      update: ({ add, mul, constant }, { a }) => ({
        a: mul(a!, add(constant(0.1), constant(0.2))),
        b: mul(constant(0), constant(-1)),
      }),
    };
    expect(listing(rule)).toEqual([
      '0 = slot 0',
      `1 = ${Math.fround(Math.fround(0.1) + Math.fround(0.2))} (uniform)`,
      '2 = mul 0 1',
      '3 = 0 (uniform)',
      'slot 0 = 2',
      'slot 1 = 3',
    ]);
    expect(traceRule(rule).nodes[3]).toMatchObject({ value: -0 });
  });

  test('ignores what a callback is given beyond the operands', () => {
    const rule: Rule<'a' | 'b', 's'> = {
      ...base,
      update: ({ add }, { a, b }) => ({ a: [a, b].reduce(add) }),
    };
    expect(listing(rule)).toEqual(['0 = slot 0', '1 = slot 1', '2 = add 0 1', 'slot 0 = 2']);
  });

  test('keeps 0 and -0 apart', () => {
    const rule: Rule = { ...base, update: ({ constant }) => ({ a: constant(0), b: constant(-0) }) };
    expect(traceRule(rule).stores.map(({ value }) => value)).toMatchObject([{ value: 0 }, { value: -0 }]);
  });

  test('marks what is the same for all elements', () => {
    const rule: Rule = {
      ...base,
      broadcast: ['b'],
      update: ({ mul, sqrt }, { a, b }, { s }) => ({ a: mul(a!, sqrt(mul(b!, s!))) }),
    };
    expect(listing(rule)).toEqual([
      '0 = slot 0',
      '1 = slot 1 (uniform)',
      '2 = scalar 0 (uniform)',
      '3 = mul 1 2 (uniform)',
      '4 = sqrt 3 (uniform)',
      '5 = mul 0 4',
      'slot 0 = 5',
    ]);
  });

  test('traces a rule object once', () => {
    let traced = 0;
    const rule: Rule = {
      ...base,
      update(_, { a }) {
        traced++;
        return { a: a! };
      },
    };
    expect(traceRule(rule)).toBe(traceRule(rule));
    expect(traced).toBe(1);
  });

  test('names the rewritten slots in the order of the slots', () => {
    expect(rewrittenSlots(adamWRule)).toEqual(['parameter', 'exp_avg', 'exp_avg_sq']);
  });

  test('rejects rules that contradict themselves', () => {
    const update: Rule['update'] = (_, { b }) => ({ b: b! });
    expect(() => traceRule({ ...base, broadcast: ['b'], update })).toThrow(
      new InvalidArgumentError(
        'Rule example rewrites the broadcast slot "b", which holds one number for all elements. ' +
          'Take it out of `broadcast`, or write the result to another slot.',
      ),
    );
    expect(() => traceRule({ ...base, slots: ['b', 'b'], update })).toThrow('lists the slot "b" twice');
    expect(() => traceRule({ ...base, broadcast: ['bb'], update })).toThrow(UnknownNameError);
    expect(() => traceRule({ ...base, update: (_, { a }) => ({ aa: a! }) })).toThrow(
      'Unknown slot that rule example rewrites "aa". Did you mean "a"?',
    );
  });
});
