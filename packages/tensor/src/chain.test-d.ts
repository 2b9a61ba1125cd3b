import { expectTypeOf, test } from 'vitest';
import { chain } from './chain.ts';
import type { Rule } from './rule.ts';
import type { Transform } from './transform.ts';
import { updateRule } from './transform.ts';

declare const first: Transform<'m' | 'v', 'beta'>;
declare const second: Transform<never, 'rate'>;

test('chain joins the names of its links', () => {
  expectTypeOf(chain(first, second)).toEqualTypeOf<Transform<'m' | 'v', 'beta' | 'rate'>>();
  expectTypeOf(chain()).toEqualTypeOf<Transform<never, never>>();
});

test('an update rule knows its slots', () => {
  expectTypeOf(updateRule(chain(first, second))).toEqualTypeOf<
    Rule<'parameter' | 'gradient' | 'm' | 'v', 'beta' | 'rate'>
  >();
});
